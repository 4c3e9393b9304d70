import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  type CsvOptions,
  csvHeader,
  type Dataset,
  isSampleName,
  loadSample,
  readCsv,
  sampleNames,
} from "../../data/index.js";
import { ArgumentError, DataError } from "../../index.js";
import type { Task } from "../settings/table.js";

export interface DataOptions {
  /** Column of a CSV file to predict. */
  target?: string;
  /** Column of a CSV file with sample weights. */
  weights?: string;
  task?: Task;
  featureNames?: readonly string[];
  classNames?: readonly string[];
}

/** A data set and where it came from: a sample's name, or undefined for a file. */
export interface LoadedData {
  data: Dataset;
  sample?: string;
}

const READ_ERRORS: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder, not a file",
  EACCES: "it may not be read",
};

/** @throws DataError when the file can't be read */
export async function readDataFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw Object.assign(new DataError(`${path}: ${READ_ERRORS[code] ?? message}.`), { cause });
  }
}

/** A file where there is one or the name looks like one; else a sample. */
const isPath = (given: string) => existsSync(given) || /[/\\]|\.[ct]sv$/i.test(given);

/**
 * The data set that a command was given: a path of a CSV file, or a sample's name.
 *
 * @throws DataError or ArgumentError when there is none, or it isn't of use
 */
export async function loadData(given: string, options: DataOptions): Promise<LoadedData> {
  if (isPath(given)) return { data: await loadCsv(given, options) };
  if (!isSampleName(given)) {
    throw new ArgumentError(
      `There is no file and no data set called ${JSON.stringify(given.slice(0, 60))}. ` +
        `Give a CSV file, or one of ${sampleNames.join(", ")}.`,
    );
  }
  const data = await loadSample(given);
  if (options.target !== undefined && options.target !== data.targetName) {
    throw new ArgumentError(`--target is for CSV files; the data set ${given} has "${data.targetName}" to predict.`);
  }
  if (options.weights !== undefined) throw new ArgumentError(`--weights is for CSV files; ${given} has no weights.`);
  const task = data.classes === undefined ? "regression" : "classification";
  if (options.task && options.task !== "auto" && options.task !== task) {
    throw new ArgumentError(`--task ${options.task} doesn't fit the data set ${given}, which is for ${task}.`);
  }
  return { data, sample: given };
}

async function loadCsv(
  path: string,
  { target, weights, task, featureNames, classNames }: DataOptions,
): Promise<Dataset> {
  const source = await readDataFile(path);
  const name = basename(path);
  if (target === undefined) {
    const columns = csvHeader(source).filter((column) => column !== "");
    const listed = columns.slice(0, 10).map((column) => JSON.stringify(column.trim().slice(0, 40)));
    throw new ArgumentError(
      `${name}: say which column to predict with --target COLUMN` +
        (listed.length > 0 ? `: ${listed.join(", ")}${columns.length > listed.length ? ", ..." : ""}.` : "."),
    );
  }
  const options: CsvOptions = { target, weights, task, featureNames, classNames, name };
  return readCsv(source, options);
}

/** Tells data sets apart: a hash of the features and labels. */
export function fingerprint({ features, labels }: Dataset): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of [features, labels]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex").slice(0, 32);
}
