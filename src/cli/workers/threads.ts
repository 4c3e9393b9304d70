import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Assignment, CarryOut, Reports } from "../../node/queue/carry.js";
import { type Carrier, type CarrierOrder, carrierHere } from "./carrier.js";
import type { FromThread, ThreadData, ToThread } from "./thread.js";

/** The program that threads run: this one, where it is built. */
export const threads: { program?: URL } = {};

/**
 * Makes carriers that work at the same time: each in a thread and on a device of its own, so that this thread has time for
 * connections. A GPU computes beside this thread in any case, and its driver is happiest in it.
 *
 * @throws what is wrong with the data, the settings or the device
 */
export async function makeCarriers(order: CarrierOrder, count: number, isGpu: boolean): Promise<Carrier[]> {
  const { program } = threads;
  const own = { ...order, threads: order.threads ?? Math.max(1, Math.floor(availableParallelism() / count)) };
  const make = () => (program && !isGpu ? carrierInThread(program, own) : carrierHere(own));
  const made = await Promise.allSettled(Array.from({ length: count }, make));
  const failed = made.find((each) => each.status === "rejected");
  const carriers = made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (!failed) return carriers;
  for (const each of carriers) await each.dispose();
  throw failed.reason;
}

async function carrierInThread(program: URL, order: CarrierOrder): Promise<Carrier> {
  const workerData: ThreadData = { neuromotor: "carrier", order };
  const thread = new Worker(program, { workerData, argv: [] });
  const ended = new AbortController();
  thread.once("exit", () => ended.abort(new Error("A thread ended while it trained. Is there memory enough?")));
  thread.on("error", (error) => ended.abort(error));
  const send = (message: ToThread) => thread.postMessage(message);
  const next = async (): Promise<FromThread> => {
    ended.signal.throwIfAborted();
    try {
      return (await once(thread, "message", { signal: ended.signal }))[0];
    } catch (error) {
      ended.signal.throwIfAborted();
      throw error;
    }
  };
  const first = await next();
  if (first.kind !== "ready") {
    await thread.terminate();
    throw errorOf(first);
  }
  const carryOut: CarryOut = (assignment, reports, signal) =>
    new Promise((resolve, reject) => {
      const listener = (message: FromThread) => void take(message, reports, send).then(end, fail);
      const stop = () => {
        thread.off("message", listener);
        ended.signal.removeEventListener("abort", isEnded);
        signal.removeEventListener("abort", isStopped);
      };
      const fail = (error: unknown) => {
        stop();
        reject(error);
      };
      const end = (isDone: boolean) => {
        if (!isDone) return;
        stop();
        resolve();
      };
      const isEnded = () => fail(ended.signal.reason);
      const isStopped = () => fail(signal.reason);
      if (ended.signal.aborted) return isEnded();
      if (signal.aborted) return isStopped();
      thread.on("message", listener);
      ended.signal.addEventListener("abort", isEnded);
      signal.addEventListener("abort", isStopped);
      send({ kind: "carry", assignment: copied(assignment) });
    });
  return { ...first.facts, carryOut, dispose: async () => void (await thread.terminate()) };
}

/** Kept bytes may lie in memory that other buffers share, all of which would be sent. */
const copied = ({ kept, ...rest }: Assignment): Assignment => ({
  ...rest,
  kept: kept.map((bytes) => bytes && Uint8Array.from(bytes)),
});

/** @returns whether the thread is through */
async function take(message: FromThread, reports: Reports, send: (message: ToThread) => void): Promise<boolean> {
  if (message.kind === "failed") throw errorOf(message);
  if (message.kind === "done") return true;
  if (message.kind === "run") await reports.onRun(message.place, message.run);
  else if (message.kind === "kept") await reports.onKept(message.place, message.bytes);
  if ("report" in message) send({ kind: "taken", report: message.report });
  return false;
}

const errorOf = (message: FromThread): Error =>
  message.kind === "failed"
    ? Object.assign(new Error(message.message), { name: message.name })
    : new Error("A thread answered something else than was asked.");

/** One way to carry out trainings by several carriers: each assignment goes to one that is free. */
export function sharedBy(carriers: readonly Carrier[]): CarryOut {
  const free = [...carriers];
  const waiting: ((carrier: Carrier) => void)[] = [];
  return async (assignment, reports, signal) => {
    const carrier = free.pop() ?? (await new Promise<Carrier>((resolve) => waiting.push(resolve)));
    try {
      await carrier.carryOut(assignment, reports, signal);
    } finally {
      const next = waiting.shift();
      if (next) next(carrier);
      else free.push(carrier);
    }
  };
}
