import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { version } from "../../../package.json";
import { ArgumentError } from "../../index.js";
import type { StudyRecord } from "../../node/queue/forms.js";
import { Refusal } from "../../node/queue/serve.js";
import type { KeptCommand } from "../runs/sweep.js";
import { askedOf } from "../settings/search.js";
import type { Table } from "../settings/setting.js";
import { isFile } from "../training/load-data.js";

/** A sweep of the command line as workers are told of it. */
export interface SweepOrder {
  version: string;
  command: KeptCommand;
  /** SHA-256 of the file that DATA is; absent for data sets by name and for folders. */
  file?: string;
}

/** Options of a sweep that are a machine's own, or say nothing of what is trained. */
const OWN = ["dataDir"];

/** @throws ArgumentError when the data are none that other processes can read */
export async function orderOf({ data, options }: KeptCommand): Promise<SweepOrder> {
  if (data === "-")
    throw new ArgumentError("--queue: other machines can't read this one's standard input. Give a file.");
  const shared = Object.fromEntries(Object.entries(options).filter(([name]) => !OWN.includes(name)));
  return { version, command: { data, options: shared }, ...(isFile(data) && { file: await fileDigest(data) }) };
}

/**
 * A sweep's order from its record, with the path of its data on this machine.
 *
 * @param table - settings that a sweep may have
 * @throws Refusal when there is none that this version can work on, or the data are missing or others here
 */
export async function orderFrom({ details }: StudyRecord, table: Table, dataDir?: string): Promise<SweepOrder> {
  const { version: theirs, command, file } = details as Partial<SweepOrder>;
  if (typeof command !== "object" || typeof command?.data !== "string" || !isTexts(command.options)) {
    throw new Refusal("The sweep was begun by a program, not by neuromotor sweep: its workers call sweepWorker.");
  }
  if (theirs !== version) {
    throw new Refusal(
      `The sweep was begun by neuromotor ${short(theirs)}, this is ${version}. Give both the same version.`,
    );
  }
  const { data, options } = command;
  const asked: Record<string, unknown> = askedOf(options, table);
  const wrong = Object.keys(options).find((name) => OWN.includes(name) || asked[name] === undefined);
  if (wrong !== undefined) throw new Refusal(`The sweep has an option that is none: ${short(wrong)}.`);
  if (file === undefined) return { version, command: { data, options } };
  const path = await pathOf(data, dataDir);
  const own = await fileDigest(path);
  if (own !== file) {
    throw new Refusal(
      `${path} isn't the sweep's file: its digest is ${short(file).slice(0, 12)}, here it is ${own.slice(0, 12)}. Copy the ` +
        "file that the sweep was begun with.",
    );
  }
  return { version, command: { data: path, options }, file };
}

const short = (text: unknown): string => String(text).slice(0, 60);

const isTexts = (options: unknown): options is Record<string, string> =>
  typeof options === "object" && options !== null && Object.values(options).every((each) => typeof each === "string");

/** The file at its own path, else by its name in the folder of data. */
async function pathOf(path: string, dataDir: string | undefined): Promise<string> {
  const paths = [path, ...(dataDir === undefined ? [] : [join(dataDir, basename(path))])];
  for (const each of paths) if (await stat(each).catch(() => undefined)) return each;
  throw new Refusal(
    `The sweep's file ${short(path)} isn't on this machine. Copy it to the same path, or into a folder that --data-dir names.`,
  );
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
