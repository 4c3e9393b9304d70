import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Queue, QueueEvents } from "bullmq";
import { checkSwitches, optionsOf } from "../../core/options.js";
import type { Course } from "../../sweep/pruning.js";
import {
  type OpenQueue,
  partsOf,
  type QueuedRun,
  type QueuedSweep,
  type QueuedTraining,
  queues,
  type SweepQueue,
} from "../../sweep/queue.js";
import { type Connection, checkUrl, connect, persistently } from "./connect.js";
import { digestOf } from "./digest.js";
import { type Job, jobFrom, type StudyRecord } from "./forms.js";
import { PREFIX, placeText, Store } from "./store.js";
import { cleanText, slotsOf } from "./worker-name.js";

/** Options of `openQueue`. */
export interface QueueOptions {
  /**
   * Take workers of other backends and engines, whose last bits differ: each run's `variant` names its own. Default false:
   * they are refused.
   */
  anyVariant?: boolean;
  /** Told once of each worker that won't take part: its host and process, and why. */
  onRefusal?(worker: string, reason: string): unknown;
  /** Told when trials begin to wait because there is no worker. */
  onWaiting?(): unknown;
  /** Kept with the sweep, as JSON, for workers that know what to do by it. */
  details?: Readonly<Record<string, unknown>>;
}

/** From one look for news to the next, where nobody tells of any. */
const LOOK_MILLISECONDS = 500;
/** From one check that all jobs are there to the next. */
const CHECK_MILLISECONDS = 2000;
/** Workers that are assumed where none is there yet. */
const EXPECTED_SLOTS = 8;
/** Attempts of a job that fails, for another reason than its configuration. */
const ATTEMPTS = 3;

/**
 * A queue on a Redis server, by which a sweep has its trials trained on many machines: `sweep(data, build, { ..., queue })`.
 * Workers are processes that call `sweepWorker`, or `neuromotor worker` for sweeps of the command line. Each of them, the
 * server, and this process may be killed at any moment: the same call goes on, and the result is the same to the bit.
 *
 * @param url - redis://[[user]:password@]host[:port][/database], or rediss:// for TLS
 * @throws ArgumentError when the URL is none
 */
export function openQueue(url: string, options: QueueOptions = {}): SweepQueue {
  const chosen = optionsOf("openQueue", options, {
    anyVariant: false,
    onRefusal: undefined,
    onWaiting: undefined,
    details: {},
  });
  checkSwitches("openQueue", chosen, ["anyVariant"]);
  checkUrl(url);
  return {
    async open(sweep) {
      const connection = await connect(url);
      try {
        return await Coordinator.open(connection, sweep, chosen);
      } catch (error) {
        connection.close();
        throw error;
      }
    },
  };
}

queues.open = openQueue;

type Chosen = Required<Pick<QueueOptions, "anyVariant" | "details">> & QueueOptions;

/** The sweep's own side of a queue. All that the server holds can be put there again, for it may lose its memory. */
class Coordinator implements OpenQueue {
  readonly #store: Store;
  readonly #refused = new Map<string, string>();
  #wake = () => {};
  #checked = Number.NEGATIVE_INFINITY;
  #isTold = false;

  private constructor(
    private readonly connection: Connection,
    private readonly id: string,
    private readonly study: StudyRecord,
    private readonly group: number,
    private readonly options: Chosen,
    private readonly queue: Queue,
    private readonly events: QueueEvents,
  ) {
    this.#store = new Store(connection.redis);
  }

  static async open(connection: Connection, sweep: QueuedSweep, options: Chosen): Promise<Coordinator> {
    const { train, validation, fit, pruned = null, variant, identity, group, first } = sweep;
    const { anyVariant, details } = options;
    const digest = digestOf(train, validation);
    const same = { form: 1 as const, variant, anyVariant, digest, fit, pruned, details };
    const id = createHash("sha256")
      .update(JSON.stringify([same, identity]))
      .digest("hex")
      .slice(0, 24);
    const study: StudyRecord = { ...same, first };
    const { redis, bullmq } = connection;
    const queue = new bullmq.Queue(id, { connection: redis, prefix: PREFIX });
    const events = new bullmq.QueueEvents(id, { connection: redis.duplicate(), prefix: PREFIX });
    const coordinator = new Coordinator(connection, id, study, group, options, queue, events);
    queue.on("error", () => {}); // it connects again
    events.on("error", () => {});
    for (const event of ["completed", "failed"] as const) events.on(event, () => coordinator.#wake());
    await coordinator.#store.begin(id, study);
    await persistently(redis, async () => {
      for (const job of await queue.getFailed()) await job.remove(); // of an earlier process
    });
    return coordinator;
  }

  async carryOut(
    trainings: readonly QueuedTraining[],
    before: readonly Course[],
    onRuns: (runs: ReadonlyMap<number, QueuedRun>) => Promise<void>,
  ): Promise<void> {
    const wanted = new Map(trainings.map((training, place) => [place, training]));
    this.#checked = Number.NEGATIVE_INFINITY;
    while (wanted.size > 0) {
      const news = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const isDue = performance.now() - this.#checked > CHECK_MILLISECONDS;
      const jobs = isDue ? await this.#jobs() : undefined; // before the runs: a job that ended meanwhile has left its own
      const places = [...wanted.keys()];
      const found = await this.#store.runs(this.id, [...wanted.values()]);
      const arrived = new Map([...found].map(([i, run]) => [places[i], run]));
      for (const place of arrived.keys()) wanted.delete(place);
      if (arrived.size > 0) await onRuns(arrived);
      if (jobs && wanted.size > 0) await this.#check(jobs, [...wanted.values()], before);
      if (wanted.size > 0 && arrived.size === 0) {
        const pause = new AbortController();
        await Promise.race([news, wait(LOOK_MILLISECONDS, undefined, { signal: pause.signal }).catch(() => {})]);
        pause.abort();
      }
    }
    await this.#store.forgetRuns(this.id, trainings);
  }

  /** Jobs that are there; failed ones end the sweep. @throws Error with the reason of a failed job */
  async #jobs(): Promise<Job[]> {
    const { redis } = this.connection;
    const [failed] = await persistently(redis, () => this.queue.getFailed(0, 0));
    if (failed) {
      const numbers = await this.#numbersOf(failed.data);
      throw new Error(`Trials ${numbers} failed: ${cleanText(failed.failedReason ?? "for no reason that is known")}`);
    }
    const jobs = await persistently(redis, () => this.queue.getJobs(["wait", "active", "delayed", "prioritized"]));
    return jobs.flatMap((job) => {
      try {
        return job ? [jobFrom(job.data)] : [];
      } catch {
        return []; // a worker makes it fail
      }
    });
  }

  async #numbersOf(data: unknown): Promise<string> {
    try {
      return [...new Set(jobFrom(data).group.trainings.map(({ number }) => number))].join(", ");
    } catch {
      return "of a job that is none";
    }
  }

  /** Puts in what no job covers, and all else that the server has forgotten. */
  async #check(jobs: readonly Job[], wanted: readonly QueuedTraining[], before: readonly Course[]): Promise<void> {
    if (!(await this.#store.beat(this.id))) await this.#store.begin(this.id, this.study);
    const covered = new Set(jobs.flatMap(({ group }) => group.trainings.map(placeText)));
    const missing = wanted.filter((training) => !covered.has(placeText(training)));
    const workers = await this.#workers();
    if (missing.length > 0) {
      await this.#store.setCourses(this.id, before);
      const slots = workers.reduce((sum, name) => sum + slotsOf(name), 0) || EXPECTED_SLOTS;
      const jobs = partsOf(missing, this.group, slots).map((part) => ({
        name: "trainings",
        data: { study: this.id, group: { before: before.length, trainings: part } } satisfies Job,
        opts: {
          jobId: `${placeText(part[0])}-${placeText(part.at(-1)!)}`,
          attempts: ATTEMPTS,
          backoff: { type: "fixed", delay: 1000 },
          removeOnComplete: true,
        },
      }));
      await persistently(this.connection.redis, () => this.queue.addBulk(jobs));
    }
    await this.#tell(workers.length);
    this.#checked = performance.now();
  }

  async #workers(): Promise<string[]> {
    try {
      return (await this.queue.getWorkers()).map(({ rawname, name }) => rawname ?? name ?? "");
    } catch {
      return []; // not every server lists its clients
    }
  }

  async #tell(workers: number): Promise<void> {
    for (const [worker, reason] of Object.entries(await this.#store.refusals(this.id))) {
      if (this.#refused.get(worker) === reason) continue;
      this.#refused.set(worker, reason);
      this.options.onRefusal?.(cleanText(worker), cleanText(reason));
    }
    if (workers === 0 && !this.#isTold) this.options.onWaiting?.();
    this.#isTold = workers === 0;
  }

  async close(): Promise<void> {
    try {
      await this.#store.end(this.id);
      await this.queue.obliterate({ force: true }).catch(() => {}); // a worker may be at a job
      await Promise.all([this.events.close(), this.queue.close()]);
    } finally {
      this.connection.close();
    }
  }
}
