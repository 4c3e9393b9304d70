import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Job as QueueJob, Worker } from "bullmq";
import { ArgumentError } from "../../core/errors.js";
import type { CarryOut } from "./carry.js";
import { type Connection, connect } from "./connect.js";
import { jobFrom, type StudyRecord } from "./forms.js";
import { PREFIX, Store } from "./store.js";
import { connectionName, ownName } from "./worker-name.js";

/** A worker's lock on a job lasts so long, unless it renews it: a worker that is killed is missed then. */
const LOCK_MILLISECONDS = 10_000;
const STALLED_MILLISECONDS = 3000;
/** A worker that is stopped hands back its jobs in so long a time, or leaves them to be missed. */
const MOST_CLOSING_MILLISECONDS = 5000;
/** A job that so many workers were killed at is given up: it may be what kills them. */
const MOST_STALLED = 50;
/** From one look for sweeps to the next. */
const LOOK_MILLISECONDS = 500;
/** Errors that another attempt can't help. */
const LASTING = ["ArgumentError", "DataError", "ShapeError", "FormatError"];

/** A reason not to work on a sweep. */
export class Refusal extends ArgumentError {}

/** A sweep as a worker works on it. */
export interface Served {
  carryOut: CarryOut;
  dispose(): Promise<void> | void;
}

/** Events of a worker. */
export interface ServeEvents {
  onStudy?(study: StudyRecord): unknown;
  onRefusal?(reason: string): unknown;
  /** After each training. */
  onRun?(study: StudyRecord, number: number): unknown;
  onIdle?(): unknown;
}

export interface ServeOptions extends ServeEvents {
  /** Jobs at a time. */
  slots: number;
  /** Ends the worker when it is aborted: trainings under way are handed back. */
  signal: AbortSignal;
  /** Makes ready for a sweep. @throws Refusal when this process must not work on it */
  accept(study: StudyRecord): Promise<Served>;
}

/**
 * Works on the sweeps of a Redis server, one after the other, until it is told to stop.
 *
 * @throws ArgumentError or Error when the server can't be reached at first
 * @throws Refusal when this process may work on none of the sweeps that there are
 */
export async function serve(url: string, options: ServeOptions): Promise<void> {
  const connection = await connect(url);
  try {
    await new Server(connection, options).serve();
  } finally {
    connection.close();
  }
}

class Server {
  readonly #store: Store;
  readonly #refused = new Map<string, string>();
  /** Settled when the worker is told to stop, and when a server that is away has been waited for long enough then. */
  readonly #stop: Promise<undefined>;
  readonly #givenUp: Promise<undefined>;
  #isIdle = false;

  constructor(
    private readonly connection: Connection,
    private readonly options: ServeOptions,
  ) {
    this.#store = new Store(connection.redis);
    const { signal } = options;
    this.#stop = signal.aborted ? Promise.resolve(undefined) : once(signal, "abort").then(() => undefined);
    this.#givenUp = this.#stop.then(() => wait(MOST_CLOSING_MILLISECONDS, undefined, { ref: false }));
  }

  async serve(): Promise<void> {
    const { signal, onIdle } = this.options;
    while (!signal.aborted) {
      const alive = await this.#unlessStopped(this.#studies());
      if (!alive) return;
      const next = alive.find((id) => !this.#refused.has(id));
      if (next) {
        this.#isIdle = false;
        await this.#serveOne(next);
        continue;
      }
      if (alive.length > 0) throw new Refusal([...new Set(alive.map((id) => this.#refused.get(id)))].join(" "));
      if (!this.#isIdle) onIdle?.();
      this.#isIdle = true;
      await wait(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
    }
  }

  /** An answer of the server; undefined where the worker is told to stop before, for one that is away gives none. */
  #unlessStopped<T>(answer: Promise<T>): Promise<T | undefined> {
    return Promise.race([answer, this.#stop]);
  }

  /** Sweeps whose process is at work. */
  async #studies(): Promise<string[]> {
    const all = await this.#store.studies();
    const isAlive = await Promise.all(all.map((id) => this.#store.isAlive(id)));
    return all.filter((_, i) => isAlive[i]);
  }

  async #serveOne(id: string): Promise<void> {
    const { accept, onStudy, onRefusal, signal } = this.options;
    let study: StudyRecord | undefined;
    let served: Served;
    try {
      study = await this.#unlessStopped(this.#store.study(id));
      if (!study) return;
      served = await accept(study);
    } catch (error) {
      const { name, message } = error as Error;
      if (!LASTING.includes(name)) throw error;
      this.#refused.set(id, message);
      await this.#unlessStopped(this.#store.refuse(id, ownName(), message));
      onRefusal?.(message);
      return;
    }
    onStudy?.(study);
    const worker = this.#workerFor(id, study, served);
    try {
      while (!signal.aborted && (await this.#unlessStopped(this.#store.isAlive(id)))) {
        await wait(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
      }
    } finally {
      await Promise.race([worker.close().catch(() => {}), this.#givenUp]);
      await served.dispose();
    }
  }

  #workerFor(id: string, study: StudyRecord, { carryOut }: Served): Worker {
    const { slots, signal, onRun } = this.options;
    const { bullmq, redis } = this.connection;
    const stopped = this.#givenUp.then(() => Promise.reject(signal.reason));
    stopped.catch(() => {}); // there may be no job
    const work = async (job: QueueJob, token?: string) => {
      try {
        await Promise.race([this.#workOn(id, study, job, carryOut, onRun), stopped]);
      } catch (error) {
        const { name, message } = error as Error;
        if (signal.aborted) {
          await Promise.race([job.moveToWait(token), this.#givenUp]); // else it is missed
          throw new bullmq.WaitingError();
        }
        throw LASTING.includes(name) ? new bullmq.UnrecoverableError(message) : error;
      }
    };
    const worker = new bullmq.Worker(id, work, {
      connection: redis,
      prefix: PREFIX,
      name: connectionName(slots),
      concurrency: slots,
      lockDuration: LOCK_MILLISECONDS,
      stalledInterval: STALLED_MILLISECONDS,
      maxStalledCount: MOST_STALLED,
      runRetryDelay: LOOK_MILLISECONDS,
    });
    worker.on("error", () => {}); // it connects again; a job whose lock was lost is someone else's
    return worker;
  }

  async #workOn(
    id: string,
    study: StudyRecord,
    job: QueueJob,
    carryOut: CarryOut,
    onRun: ServeEvents["onRun"],
  ): Promise<void> {
    const { group } = jobFrom(job.data);
    const store = this.#store;
    // A worker that was killed may have been through with some.
    const done = await store.runs(id, group.trainings);
    const trainings = group.trainings.filter((_, place) => !done.has(place));
    if (trainings.length === 0) return;
    const before = study.pruned ? await store.courses(id, group.before) : [];
    const kept = await Promise.all(trainings.map((training) => store.kept(id, training)));
    await carryOut(
      { trainings, before, kept },
      {
        async onRun(place, run) {
          await store.addRun(id, trainings[place], run);
          await onRun?.(study, trainings[place].number);
        },
        onKept: (place, bytes) => store.keep(id, trainings[place], bytes),
      },
      this.options.signal,
    );
  }
}
