import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, FormatError } from "../../index.js";
import { finishWriting } from "../../node/write-together.js";
import { settingsFrom } from "../settings/resolve.js";
import type { RunToCompare } from "./comparison.js";
import { readDescription } from "./description.js";
import { RUN_FILES } from "./folder.js";
import { RUN_FORMAT, RUN_VERSION, type RunConfiguration, type RunMetrics } from "./run.js";
import { valuesOf } from "./values.js";

/** A run as its folder holds it. */
export interface SavedRun {
  folder: string;
  configuration: RunConfiguration;
  metrics: RunMetrics;
}

/**
 * The runs of some folders, each a run's own or one with runs in it.
 *
 * @throws ArgumentError when a folder holds no run; FormatError when one is damaged
 */
export async function readRuns(folders: readonly string[]): Promise<SavedRun[]> {
  const runs: SavedRun[] = [];
  for (const folder of folders) {
    const inside = (await isRun(folder)) ? [folder] : await runsIn(folder);
    for (const each of inside) runs.push(await readRun(each));
  }
  return runs;
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" || code === "ENOTDIR" ? "there is no such folder" : message;
    throw Object.assign(new ArgumentError(`${folder}: ${why}. Give folders that neuromotor train --out wrote.`), {
      cause,
    });
  }
}

async function isRun(folder: string): Promise<boolean> {
  await finishWriting(folder);
  return (await filesOf(folder)).includes(RUN_FILES.configuration);
}

async function runsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { withFileTypes: true });
  const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const runs: string[] = [];
  for (const each of folders.sort()) if (await isRun(each)) runs.push(each);
  if (runs.length > 0) return runs;
  const what = (await filesOf(folder)).includes(RUN_FILES.model) ? "a model, but no run" : "no run";
  throw new ArgumentError(`${folder}: it holds ${what}. Give folders that neuromotor train --out wrote.`);
}

async function readRun(folder: string): Promise<SavedRun> {
  const configuration = await readJson<RunConfiguration>(folder, RUN_FILES.configuration);
  const metrics = await readJson<RunMetrics>(folder, RUN_FILES.metrics);
  const { format, version, data, settings, seed } = configuration;
  const damaged = (file: string) =>
    new FormatError(`${join(folder, file)}: it isn't one that neuromotor train --out wrote, or it is damaged.`);
  if (format !== RUN_FORMAT || typeof data?.name !== "string" || typeof settings !== "object" || settings === null) {
    throw damaged(RUN_FILES.configuration);
  }
  if (version !== RUN_VERSION) {
    throw new FormatError(`${folder}: the run has format version ${version}, this release reads ${RUN_VERSION}.`);
  }
  if (!Number.isSafeInteger(seed)) throw damaged(RUN_FILES.configuration);
  if (![metrics.loss, metrics.epochs, metrics.seconds].every(Number.isFinite) || metrics.validation === undefined) {
    throw damaged(RUN_FILES.metrics);
  }
  return { folder, configuration: { ...configuration, settings: settingsFrom({ ...settings }, folder) }, metrics };
}

/** A saved run as a page compares it; older releases kept no description of it. */
export async function comparedRun({ folder, configuration, metrics }: SavedRun): Promise<RunToCompare> {
  const described = await readDescription(folder).catch(() => undefined);
  const history = described?.history?.epochs as RunToCompare["history"];
  const { data, seed } = configuration;
  return { name: folder, data: data.name, values: valuesOf(configuration), seed, metrics, history, folder };
}

async function readJson<T extends object>(folder: string, file: string): Promise<T> {
  const path = join(folder, file);
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null) return value as T;
  } catch (cause) {
    throw Object.assign(new FormatError(`${path}: it can't be read (${(cause as Error).message}).`), { cause });
  }
  throw new FormatError(`${path}: it isn't an object of JSON.`);
}
