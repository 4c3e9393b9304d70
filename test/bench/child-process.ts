import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { MARK, type Request } from "./protocol.js";

interface Message {
  ready?: true;
  answer?: unknown;
  error?: string;
}

/** The harness's end of a contestant's process. Asks one thing at a time. */
export class Child {
  readonly #process: ChildProcess;
  #receive?: (message: Message) => void;
  #complaints = "";
  #ended?: string;

  private constructor(name: string, mnist: string) {
    const file = fileURLToPath(new URL("./child.mjs", import.meta.url));
    this.#process = spawn(process.execPath, [file, name, mnist], { stdio: "pipe" });
    this.#process.stderr!.on("data", (text) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#process.on("exit", (code, signal) => {
      const last = this.#complaints.trim().split("\n").at(-1);
      this.#ended ??= `its process ended (${signal ?? code})${last ? `: ${last}` : ""}`;
      this.#receive?.({ error: this.#ended });
    });
    this.#process.stdin!.on("error", () => {}); // reported by its exit
    createInterface({ input: this.#process.stdout! }).on("line", (line) => {
      if (line.startsWith(MARK)) this.#receive?.(JSON.parse(line.slice(MARK.length)) as Message);
    });
  }

  /** Starts a process and waits until it is idle. */
  static async start(name: string, mnist: string): Promise<Child> {
    const child = new Child(name, mnist);
    await child.#message(30, () => {});
    return child;
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** @throws Error with what the contestant reports, or when it takes longer than `seconds` or ends */
  ask<T>(request: Request, seconds: number): Promise<T> {
    return this.#message(seconds, () => this.#process.stdin!.write(`${JSON.stringify(request)}\n`)) as Promise<T>;
  }

  /** Ends the process and waits for its end. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#ended = "it was stopped";
    this.#process.kill("SIGKILL");
    await ended;
  }

  async #message(seconds: number, send: () => void): Promise<unknown> {
    if (this.#ended) throw new Error(this.#ended);
    let timer: NodeJS.Timeout | undefined;
    const message = await new Promise<Message>((resolve) => {
      this.#receive = resolve;
      timer = setTimeout(() => resolve({ error: `it took longer than ${seconds} s` }), seconds * 1000);
      send();
    });
    clearTimeout(timer);
    this.#receive = undefined;
    if (message.error === undefined) return message.answer;
    if (message.error.startsWith("it took longer")) await this.stop();
    throw new Error(message.error);
  }
}
