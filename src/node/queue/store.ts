import type { Redis } from "ioredis";
import type { Course } from "../../sweep/pruning.js";
import type { QueuedRun, QueuedTraining } from "../../sweep/queue.js";
import { persistently } from "./connect.js";
import { courseAsText, courseFrom, runAsText, runFrom, type StudyRecord, studyAsText, studyFrom } from "./forms.js";

/** Begins all keys, those of BullMQ's queues as well: a queue is called as its study. */
export const PREFIX = "neuromotor";
const STUDIES = `${PREFIX}:studies`;

/** Keys that nobody has written to in a week are forgotten. */
const WEEK_SECONDS = 604_800;
/** A sweep whose process hasn't been heard of for so long has no process. */
const ALIVE_SECONDS = 15;

type Place = Pick<QueuedTraining, "number" | "repeat">;

/** A training's name among those of its study. */
export const placeText = ({ number, repeat }: Place): string => `${number}.${repeat}`;

/** Sweeps as a Redis server holds them: what jobs are about, and what came of them. */
export class Store {
  constructor(readonly redis: Redis) {}

  /** Ids of sweeps, those first that were begun first. */
  studies(): Promise<string[]> {
    return persistently(this.redis, () => this.redis.zrange(STUDIES, "0", "-1"));
  }

  /** Puts a sweep there, or what a server without memory has lost of it. */
  async begin(id: string, study: StudyRecord): Promise<void> {
    await persistently(this.redis, async () => {
      await this.redis.set(this.#key(id, "study"), studyAsText(study), "EX", WEEK_SECONDS);
      const [seconds, microseconds] = await this.redis.time();
      await this.redis.zadd(STUDIES, "NX", `${seconds}.${String(microseconds).padStart(6, "0")}`, id);
    });
    await this.beat(id);
  }

  /** @throws FormatError when it is something else */
  async study(id: string): Promise<StudyRecord | undefined> {
    const text = await persistently(this.redis, () => this.redis.get(this.#key(id, "study")));
    return text === null ? undefined : studyFrom(text);
  }

  /** Says that the sweep's process is at work. @returns false where the server has forgotten the sweep */
  beat(id: string): Promise<boolean> {
    return persistently(this.redis, async () => {
      await this.redis.set(this.#key(id, "alive"), "1", "EX", ALIVE_SECONDS);
      return (await this.redis.exists(this.#key(id, "study"))) === 1;
    });
  }

  isAlive(id: string): Promise<boolean> {
    const keys = ["study", "alive"].map((name) => this.#key(id, name));
    return persistently(this.redis, async () => (await this.redis.exists(...keys)) === keys.length);
  }

  /** Forgets a sweep. */
  async end(id: string): Promise<void> {
    await this.redis.zrem(STUDIES, id);
    const names = ["study", "alive", "runs", "courses", "refusals", "kept"];
    await this.redis.del(...names.map((name) => this.#key(id, name)));
  }

  /** Keeps what a training came to; the first of several is kept. */
  async addRun(id: string, place: Place, run: QueuedRun): Promise<void> {
    await persistently(this.redis, async () => {
      await this.redis.hsetnx(this.#key(id, "runs"), placeText(place), runAsText(run));
      await this.redis.expire(this.#key(id, "runs"), WEEK_SECONDS);
      await this.redis.hdel(this.#key(id, "kept"), placeText(place));
    });
  }

  /** Runs that there are of trainings, by their places among these. What is none is thrown away, and trained again. */
  async runs(id: string, trainings: readonly Place[]): Promise<Map<number, QueuedRun>> {
    const found = new Map<number, QueuedRun>();
    if (trainings.length === 0) return found;
    const texts = await persistently(this.redis, () =>
      this.redis.hmget(this.#key(id, "runs"), ...trainings.map(placeText)),
    );
    for (const [i, text] of texts.entries()) {
      if (text === null) continue;
      try {
        found.set(i, runFrom(text));
      } catch {
        await this.forgetRuns(id, [trainings[i]]);
      }
    }
    return found;
  }

  /** Forgets runs that are kept elsewhere. */
  async forgetRuns(id: string, trainings: readonly Place[]): Promise<void> {
    if (trainings.length === 0) return;
    await persistently(this.redis, () => this.redis.hdel(this.#key(id, "runs"), ...trainings.map(placeText)));
  }

  /** @param courses - of the first trials, in their order */
  async setCourses(id: string, courses: readonly Course[]): Promise<void> {
    if (courses.length === 0) return;
    const pairs = courses.flatMap((course, i) => [String(i), courseAsText(course)]);
    await this.#put(id, "courses", ...pairs);
  }

  /** @throws Error when some aren't there; FormatError when one is something else */
  async courses(id: string, count: number): Promise<Course[]> {
    if (count === 0) return [];
    const places = Array.from({ length: count }, (_, i) => String(i));
    const texts = await persistently(this.redis, () => this.redis.hmget(this.#key(id, "courses"), ...places));
    return texts.map((text) => {
      if (text === null) throw new Error("The queue has lost the courses of earlier trials.");
      return courseFrom(text);
    });
  }

  async refuse(id: string, worker: string, reason: string): Promise<void> {
    await this.#put(id, "refusals", worker, reason);
  }

  /** Reasons of workers that won't take part, by the worker. */
  refusals(id: string): Promise<Record<string, string>> {
    return persistently(this.redis, () => this.redis.hgetall(this.#key(id, "refusals")));
  }

  async keep(id: string, place: Place, bytes: Uint8Array): Promise<void> {
    await this.#put(id, "kept", placeText(place), Buffer.from(bytes));
  }

  async kept(id: string, place: Place): Promise<Uint8Array | undefined> {
    const bytes = await persistently(this.redis, () => this.redis.hgetBuffer(this.#key(id, "kept"), placeText(place)));
    return bytes ?? undefined;
  }

  async #put(id: string, name: string, ...pairs: (string | Buffer)[]): Promise<void> {
    await persistently(this.redis, async () => {
      await this.redis.hset(this.#key(id, name), ...pairs);
      await this.redis.expire(this.#key(id, name), WEEK_SECONDS);
    });
  }

  #key(id: string, name: string): string {
    return `${PREFIX}:${name}:of:${id}`;
  }
}
