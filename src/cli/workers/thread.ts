import { parentPort, workerData } from "node:worker_threads";
import type { Assignment } from "../../node/queue/carry.js";
import { type CarrierFacts, type CarrierOrder, carrierHere } from "./carrier.js";

/** Messages to a thread. */
export type ToThread =
  | { kind: "carry"; assignment: Assignment }
  /** A report of its own is taken care of. */
  | { kind: "taken"; report: number };

/** Messages from a thread. */
export type FromThread =
  | { kind: "ready"; facts: CarrierFacts }
  | { kind: "run"; report: number; place: number; run: Parameters<Parameters<RunsOf>[1]["onRun"]>[1] }
  | { kind: "kept"; report: number; place: number; bytes: Uint8Array }
  | { kind: "done" }
  | { kind: "failed"; name: string; message: string };

type RunsOf = Awaited<ReturnType<typeof carrierHere>>["carryOut"];

/** Data by which a thread knows that it is one. */
export interface ThreadData {
  neuromotor: "carrier";
  order: CarrierOrder;
}

/** True in a thread that is to carry out trainings. */
export const isCarrier = (): boolean => (workerData as Partial<ThreadData> | null)?.neuromotor === "carrier";

/** Carries out what this thread is sent, until it is ended. */
export async function workInThread(): Promise<void> {
  const port = parentPort!;
  const send = (message: FromThread) => port.postMessage(message);
  const failed = ({ name, message }: Error) => send({ kind: "failed", name, message });
  const waiting = new Map<number, () => void>();
  let reports = 0;
  const taken = (report: number) => new Promise<void>((resolve) => waiting.set(report, resolve));
  try {
    const carrier = await carrierHere((workerData as ThreadData).order);
    const { carryOut, dispose, ...facts } = carrier;
    const signal = new AbortController().signal; // the thread is ended instead
    port.on("message", (message: ToThread) => {
      if (message.kind === "taken") {
        waiting.get(message.report)?.();
        waiting.delete(message.report);
        return;
      }
      const reporting = {
        onRun(place: number, run: Parameters<Parameters<RunsOf>[1]["onRun"]>[1]) {
          const report = reports++;
          send({ kind: "run", report, place, run });
          return taken(report);
        },
        onKept(place: number, bytes: Uint8Array) {
          const report = reports++;
          send({ kind: "kept", report, place, bytes });
          return taken(report);
        },
      };
      carryOut(message.assignment, reporting, signal).then(() => send({ kind: "done" }), failed);
    });
    send({ kind: "ready", facts });
  } catch (error) {
    failed(error as Error);
  }
}
