import { ArgumentError } from "../../core/errors.js";
import { shown } from "../../core/shown.js";

/** Bytes of the control words in assembly/threads.ts. */
export const CONTROL_BYTES = 64;
const MOST_THREADS = 64;
/** More don't help the small products of training steps. */
const DEFAULT_THREADS = 8;

/**
 * The program of a worker thread: an instance of the same engine on the same memory, which works until it is dismissed. It
 * is text, so that no bundler has to know of it.
 */
const HELPER = `function help({ module, memory, control, thread }, ready) {
  const instance = new WebAssembly.Instance(module, { env: { memory }, host: { custom() {} } });
  instance.exports.setControl(control, 1);
  ready();
  instance.exports.help(thread);
}`;
const IN_NODE = `const { parentPort, workerData } = require("node:worker_threads");
help(workerData, () => parentPort.postMessage("ready"));`;
const IN_BROWSER = `onmessage = ({ data }) => help(data, () => postMessage("ready"));`;

/** The remedy for a page whose worker doesn't start, where the browser gives no reason. */
const FORBIDDEN = "a Content-Security-Policy must allow worker-src blob:";

interface Task {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Address of the control words. */
  control: number;
}

/** Node's own modules; undefined in browsers. */
const builtin = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule;

/** True where threads can share memory: in Node, and on pages that are isolated from other origins. */
const canShare = (): boolean => (builtin ? true : globalThis.crossOriginIsolated === true);

/** True for threads that may sleep until others are done: all but a page's own. */
export const canSleep = (): boolean => typeof document === "undefined" || builtin !== undefined;

/**
 * The number of threads: as asked for, else one per processor, at most eight; one where memory can't be shared.
 *
 * @throws ArgumentError when it isn't a whole number from 1 to 64
 */
export function chooseThreads(asked?: number): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 1 && asked <= MOST_THREADS)) {
    throw new ArgumentError(
      `openDevice: threads must be a whole number from 1 to ${MOST_THREADS}, got ${shown(asked)}.`,
    );
  }
  if (!canShare()) return 1;
  const processors = builtin?.("node:os").availableParallelism() ?? navigator.hardwareConcurrency ?? 1;
  return asked ?? Math.min(processors, DEFAULT_THREADS);
}

/** The threads beside this one. They start when the first large plan is loaded, and sleep while there is no work. */
export class ThreadPool {
  #started?: Promise<boolean>;
  /** The reason why the threads could not be had, once they were asked for. */
  refusal?: string;
  #ends: (() => void)[] = [];

  constructor(
    private readonly count: number,
    private readonly task: Task,
  ) {}

  /** Starts the threads, once. @returns whether they could be had */
  start(): Promise<boolean> {
    this.#started ??= Promise.all(
      Array.from({ length: this.count }, (_, i) => this.#startOne({ ...this.task, thread: i + 1 })),
    ).then(
      () => true,
      (error: Error) => {
        this.refusal = error.message;
        return false;
      },
    );
    return this.#started;
  }

  /** Frees the threads, which were dismissed. */
  dispose(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  #startOne(task: Task & { thread: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      if (builtin) {
        const { Worker } = builtin("node:worker_threads");
        const worker = new Worker(`${HELPER}\n${IN_NODE}`, { eval: true, workerData: task });
        worker.once("message", () => {
          worker.unref(); // a process may end without disposing of its devices
          resolve();
        });
        worker.once("error", reject);
      } else {
        const url = URL.createObjectURL(new Blob([`${HELPER}\n${IN_BROWSER}`], { type: "text/javascript" }));
        const worker = new Worker(url); // which a page's policy may forbid
        worker.onmessage = () => {
          URL.revokeObjectURL(url);
          resolve();
        };
        worker.onerror = ({ message }) => reject(new Error(message || FORBIDDEN));
        worker.postMessage(task);
        this.#ends.push(() => worker.terminate());
      }
    });
  }
}
