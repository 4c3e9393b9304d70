import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ArgumentError } from "../core/errors.js";
import { checkArgument, checkOptions, type NoOptions } from "../core/options.js";
import type { Callback, TrainingControl } from "../training/callbacks.js";
import type { EpochRecord } from "../training/history.js";
import { appendWhole } from "./append-whole.js";
import { atomicWrite } from "./atomic-write.js";
import { makeFolder } from "./make-folder.js";

/** An epoch in one line of a log: its scores by name, those of evaluated parts with a prefix. */
export function columnsOf(record: EpochRecord): [string, number][] {
  const { epoch, validation, training, learningRate, seconds, ...scores } = record;
  const parts = Object.entries({ validation, training }).flatMap(([part, scores]) =>
    Object.entries(scores ?? {}).map(([name, value]): [string, number] => [`${part}_${name}`, value]),
  );
  return [["epoch", epoch], ...Object.entries(scores), ...parts, ["learningRate", learningRate], ["seconds", seconds]];
}

const checkFile = (where: string, file: unknown): void =>
  checkArgument(where, 'the name of a file, such as "history.csv"', file, typeof file === "string" && file !== "");

/**
 * Writes a line of JSON for each epoch: `{"epoch":1,"loss":0.5,"validation_loss":0.6,"learningRate":0.01,"seconds":0.1}`.
 * A resumed run goes on where its checkpoint was taken; lines of later epochs are dropped.
 *
 * @throws ArgumentError before the first epoch, when the file can't be written
 */
export function jsonlLog(file: string, options?: NoOptions): Callback {
  checkFile("jsonlLog", file);
  checkOptions("jsonlLog", options, {});
  return {
    onStart: ({ epoch }) => open("jsonlLog", file, epoch, (line) => JSON.parse(line)?.epoch),
    // NaN, which JSON lacks, becomes null.
    onEpoch: (record) => appendWhole(file, `${JSON.stringify(Object.fromEntries(columnsOf(record)))}\n`),
  };
}

/**
 * Writes a row of comma-separated values for each epoch, below a row of names: epoch, loss, the metrics, those of the
 * validation part (empty in an epoch that it isn't evaluated in), learningRate, seconds. A resumed run goes on where its checkpoint was taken; rows of later epochs are
 * dropped.
 *
 * @throws ArgumentError before the first epoch, when the file can't be written; at the first epoch, when a resumed run
 * has other columns than the file
 */
export function csvLog(file: string, options?: NoOptions): Callback {
  checkFile("csvLog", file);
  checkOptions("csvLog", options, {});
  let found: string | undefined;
  return {
    async onStart({ epoch }) {
      [found] = await open("csvLog", file, epoch, (line) => Number(line.split(",")[0]));
    },
    async onEpoch(record, control) {
      const columns = new Map(columnsOf(record));
      const names = namesOf(control);
      const header = names.join(",");
      const row = names.map((name) => columns.get(name) ?? "").join(",");
      if (found !== undefined && found !== header) {
        throw new ArgumentError(`csvLog: ${file} has the columns ${found}, this training has ${header}.`);
      }
      await appendWhole(file, found === undefined ? `${header}\n${row}\n` : `${row}\n`);
      found = header;
    },
  };
}

/** Names of the columns of all epochs, the parts that are evaluated in some of them alone among them. */
function namesOf({ scores, evaluates }: TrainingControl): string[] {
  const parts = evaluates.flatMap((part) => [...scores.keys()].map((name) => `${part}_${name}`));
  return ["epoch", ...scores.keys(), ...parts, "learningRate", "seconds"];
}

/**
 * Begins a file, or goes on with one: with the lines up to an epoch, and those that are of none.
 *
 * @returns the lines that it has
 */
async function open(who: string, file: string, epoch: number, epochOf: (line: string) => number): Promise<string[]> {
  try {
    await makeFolder(dirname(file));
    const before = epoch > 0 ? await readFile(file, "utf8").catch(ifMissing) : "";
    // A line that was cut off by a kill has no end.
    const lines = before.split("\n").slice(0, -1);
    const kept = lines.filter((line) => !(epochOf(line) > epoch));
    await atomicWrite(file, kept.map((line) => `${line}\n`).join(""));
    return kept;
  } catch (cause) {
    throw Object.assign(new ArgumentError(`${who}: ${file} can't be written (${(cause as Error).message}).`), {
      cause,
    });
  }
}

function ifMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
