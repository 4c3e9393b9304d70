import { readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../../package.json";
import { appendWhole } from "../../node/append-whole.js";
import { makeFolder } from "../../node/make-folder.js";
import type { Result } from "./result.js";

const FILE = "runs.jsonl";

/**
 * Results by the command that gives them. With a folder they are kept in a file, a line for each as soon as it is there:
 * what was interrupted goes on, and experiments that share a training share its result.
 */
export class ResultStore {
  readonly #results = new Map<string, Result>();

  private constructor(private readonly file: string | undefined) {}

  /** @throws Error when the folder can't be written or read */
  static async open(folder: string | undefined): Promise<ResultStore> {
    const store = new ResultStore(folder && join(folder, FILE));
    if (folder === undefined) return store;
    await makeFolder(folder);
    const text = await readFile(join(folder, FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    // A line that was cut off while it was written has no end; the next one isn't to be glued to it.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) await truncate(join(folder, FILE), Buffer.byteLength(whole));
    for (const line of whole.split("\n").slice(0, -1)) {
      const { command, by, ...result } = JSON.parse(line) as Result & { command: string; by: string };
      if (by === version) store.#results.set(command, result);
    }
    return store;
  }

  /** @param command - whole, with the seed */
  get(command: string): Result | undefined {
    return this.#results.get(command);
  }

  async add(command: string, result: Result): Promise<void> {
    this.#results.set(command, result);
    if (this.file !== undefined)
      await appendWhole(this.file, `${JSON.stringify({ command, by: version, ...result })}\n`);
  }
}
