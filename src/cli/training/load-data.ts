import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { basename } from "node:path";
import {
  cifar10,
  Dataset,
  fashionMnist,
  imageFolder,
  isSampleName,
  loadSample,
  mnist,
  type Pipeline,
  type Preprocessing,
  readCsv,
  readTable,
  readTableAs,
  sampleNames,
  studentPerformance,
  type Table,
  type TableOptions,
  titanic,
} from "../../data/index.js";
import { ArgumentError, DataError } from "../../index.js";
import type { ImageShape } from "../../report/index.js";
import { datesOf, imageSizeOf } from "../settings/kinds.js";
import type { DataFacts } from "../settings/resolve.js";
import { longFlag } from "../settings/setting.js";
import { columnSettings, fileSettings, type Task } from "../settings/table.js";
import { readDataFile } from "./data-file.js";
import { idxFiles, isIdxFile } from "./idx-files.js";
import { flatImageOf } from "./image-shapes.js";
import { loadPixels } from "./load-pixels.js";
import { type LoadedSeries, loadSeries, type SeriesOptions } from "./load-series.js";
import { isText, type LoadedText, loadText, type TextOptions, texts } from "./load-text.js";

export interface DataOptions extends Omit<TableOptions, "task" | "name" | "dates">, TextOptions, SeriesOptions {
  task?: Task;
  /** Orders of day and month in columns of dates: "joined=dmy". */
  dates?: readonly string[];
  /** Columns of a file that older releases read: all numbers, in this order. */
  featureNames?: readonly string[];
  /** Preprocessing of a model: the file is read as its training rows were. */
  preprocessing?: Preprocessing;
  /** Folder of published data sets. */
  dataDir?: string;
  /** The size that images of a folder are brought to: "32x32", or "32x32x1" for grey. */
  imageSize?: string;
}

/** A data set, and where it came from. */
export interface LoadedData {
  /** The rows to split. Of a table it has no features but the number of the row: columns are fitted after the split. */
  data: Dataset;
  /** Name of the sample or published data set; undefined for a file. */
  sample?: string;
  table?: Table;
  /** Steps from the table's columns to features, if not the usual ones. */
  pipeline?: (table: Table) => Pipeline;
  /** The part that was published to test with. */
  test?: Dataset;
  /** Shape of the images that rows of a file's pixels are. */
  image?: ImageShape;
  /** Of rows of a text's tokens, in order. */
  text?: LoadedText;
  /** Of windows over a series, in order. */
  series?: LoadedSeries;
}

/** Whether rows are in an order of time: the parts of a split follow each other. */
export const isOrdered = ({ text, series }: LoadedData): boolean => (text ?? series) !== undefined;

/** Whether rows are columns of texts to learn from. */
export const areTexts = ({ table }: LoadedData): boolean =>
  Boolean(table?.columns.some(({ role, reading }) => role === "feature" && reading?.kind === "text"));

/** Facts about a data set on which settings depend. */
export const factsOf = (loaded: LoadedData): DataFacts => {
  const { data, sample, test, text, series } = loaded;
  const [height, width, channels] = data.shape;
  const isShaped = data.shape.length === 3;
  return {
    sample,
    sequences: text ? "text" : series ? "series" : areTexts(loaded) ? "texts" : undefined,
    rows: data.rows,
    hasImages: isShaped || loaded.image !== undefined,
    image: isShaped ? { height, width, channels } : flatImageOf(loaded),
    hasTest: test !== undefined,
  };
};

const images = { mnist, fashionMnist, cifar10 } as const;
const tables = { titanic, studentPerformance } as const;

/** Names of data sets that commands take in place of a file. */
export const dataNames: readonly string[] = [
  ...sampleNames,
  ...Object.keys(images),
  ...Object.keys(tables),
  ...Object.keys(texts),
];

/** A folder has images, by class. A data set's name is that, though a folder be called so. */
export const isFolder = (given: string) =>
  Boolean(statSync(given, { throwIfNoEntry: false })?.isDirectory()) && !dataNames.includes(given);

/** True for a path of a file that is there. */
export const isFile = (given: string) =>
  Boolean(statSync(given, { throwIfNoEntry: false })?.isFile()) && (isPath(given) || !dataNames.includes(given));

/** A file where there is one or the name looks like one; else a data set's name, whose folder may be there, too. */
const isPath = (given: string) =>
  Boolean(statSync(given, { throwIfNoEntry: false })?.isFile()) || /[/\\]|\.\w+$|^-$/.test(given);

/** Options of a file's columns. */
const COLUMNS = [
  "weights",
  ...(Object.keys(columnSettings) as (keyof typeof columnSettings)[]),
  ...(Object.keys(fileSettings) as (keyof typeof fileSettings)[]),
] as const;
const TABLE_ONLY = ["target", ...COLUMNS, "window", "horizon", "imageSize"] as const;

/**
 * The data set that a command was given: a path of a file or of a folder with images by class, or a data set's name.
 *
 * @throws DataError or ArgumentError when there is none, or it isn't of use
 */
export async function loadData(given: string, options: DataOptions): Promise<LoadedData> {
  if (isText(given, options)) {
    for (const name of TABLE_ONLY) {
      if (options[name] === undefined) continue;
      throw new ArgumentError(
        `${longFlag(name)} is for tables; ${given} is read as a text. Name the columns of a table that are texts: --text COLUMN.`,
      );
    }
    return loadText(given, basename(given), options);
  }
  if (isPath(given) && !isFolder(given) && !(await isIdxFile(given))) return loadFile(given, options);
  if (options.window !== undefined || options.horizon !== undefined) {
    throw new ArgumentError(`--window is for files whose rows are in order of time; ${given} is none.`);
  }
  if (options.imageSize !== undefined && !isFolder(given)) {
    throw new ArgumentError(`--image-size is for folders of images and files of pixels; ${given} is ready as it is.`);
  }
  if (Object.hasOwn(tables, given)) {
    const { dataDir } = options;
    const table = await tables[given as keyof typeof tables]({ dataDir, ...tableOptions(options) });
    return { table, data: rowsOfTable(table), sample: given };
  }
  const loaded = await loadNamed(given, options);
  const { data } = loaded;
  if (options.target !== undefined && options.target !== data.targetName) {
    throw new ArgumentError(`--target is for files; the data set ${given} has "${data.targetName}" to predict.`);
  }
  for (const name of COLUMNS) {
    if (options[name] === undefined || (name === "classNames" && options.featureNames)) continue;
    throw new ArgumentError(`${longFlag(name)} is for files; ${given} is ready as it is.`);
  }
  const task = data.classes === undefined ? "regression" : "classification";
  if (options.task && options.task !== "auto" && options.task !== task) {
    throw new ArgumentError(`--task ${options.task} doesn't fit the data set ${given}, which is for ${task}.`);
  }
  return loaded;
}

async function loadNamed(given: string, { dataDir, imageSize, classNames }: DataOptions): Promise<LoadedData> {
  if (isFolder(given)) {
    const data = await imageFolder(given, imageSize === undefined ? {} : imageSizeOf(imageSize));
    // A trained model tells its classes apart on images of one, too.
    if (data.classes === 1 && !classNames) throw new DataError(`${given}: ${data.warnings.at(-1)}`);
    return { data };
  }
  if (isPath(given)) return { data: await idxFiles(given) };
  if (Object.hasOwn(images, given)) {
    const { train, test } = await images[given as keyof typeof images]({ dataDir });
    return { data: train, test, sample: given };
  }
  if (isSampleName(given)) return { data: await loadSample(given), sample: given };
  throw new ArgumentError(
    `There is no file and no data set called ${JSON.stringify(given.slice(0, 60))}. ` +
      `Give a file, a folder of images by class, or one of ${dataNames.join(", ")}.`,
  );
}

/** The options that are a table's; undefined ones are left out. */
function tableOptions(options: DataOptions): TableOptions {
  const given = ["task", "target", "groups", ...COLUMNS].map((name) => [name, options[name as keyof DataOptions]]);
  const said = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as DataOptions;
  return { ...said, ...(said.dates && { dates: datesOf(said.dates) }) } as TableOptions;
}

async function loadFile(path: string, options: DataOptions): Promise<LoadedData> {
  const { target, targets, weights, task, featureNames, classNames, preprocessing } = options;
  const name = path === "-" ? "standard input" : basename(path);
  if (preprocessing) {
    const { delimiter, quote, header } = options;
    const table = await readTableAs(preprocessing, path, { target, weights, name, delimiter, quote, header });
    return { table, data: rowsOfTable(table) };
  }
  if (target === undefined && targets === undefined) throw await targetMissing(path, name, tableOptions(options));
  if (options.imageSize !== undefined) return loadPixels(path, name, pixelColumns(options));
  if (featureNames && target !== undefined) {
    const source = await readDataFile(path);
    return { data: readCsv(source, { target, weights, task, featureNames, classNames, name }) };
  }
  // Of a series the target's own past is a feature, too.
  const features = options.window === undefined ? options.features : undefined;
  const table = await readTable(path, { ...tableOptions({ ...options, features }), name });
  if (options.window !== undefined) return loadSeries(table, options, options.features);
  if (options.horizon !== undefined) throw new ArgumentError("--horizon is for series: give --window, too.");
  return { table, data: rowsOfTable(table) };
}

/** Options of a file of pixels. @throws ArgumentError on those of other tables */
function pixelColumns({
  target,
  weights,
  task,
  featureNames,
  features,
  classNames,
  imageSize,
  ...others
}: DataOptions) {
  const wrong = [...COLUMNS, "window"].find((name) => others[name as keyof typeof others] !== undefined);
  if (wrong !== undefined || target === undefined) {
    throw new ArgumentError(
      `--image-size: a file of pixels has one --target, and takes no ${longFlag(wrong ?? "targets")}.`,
    );
  }
  return { target, weights, task, featureNames: featureNames ?? features, classNames, imageSize: imageSize! };
}

async function targetMissing(path: string, name: string, options: TableOptions): Promise<ArgumentError> {
  const columns = path === "-" ? [] : (await readTable(path, { ...options, name })).columns;
  const listed = columns.slice(0, 10).map((column) => JSON.stringify(column.name.slice(0, 40)));
  return new ArgumentError(
    `${name}: say which column to predict with --target COLUMN` +
      (listed.length > 0 ? `: ${listed.join(", ")}${columns.length > listed.length ? ", ..." : ""}.` : "."),
  );
}

/** The rows of a table as a data set whose one feature is the number of the row; labels are in their own unit. */
function rowsOfTable(table: Table): Dataset {
  const { name, rows, classNames, targets, columns } = table;
  const values = targets.map((target) => table.values(target));
  const isOne = values.length === 1;
  const numbers = () =>
    Float64Array.from({ length: rows * values.length }, (_, i) => {
      return values[i % values.length][Math.floor(i / values.length)] as number;
    });
  const weights = columns.find(({ role }) => role === "weights");
  return Dataset.from({
    name,
    features: Float32Array.from({ length: rows }, (_, row) => row),
    shape: [1],
    featureNames: ["row"],
    targetName: targets.join(", "),
    ...(classNames
      ? { labels: values[0] as string[], classNames }
      : { labels: isOne ? (values[0] as Float64Array<ArrayBuffer>) : numbers() }),
    ...(weights && { weights: table.values(weights.name) as Float64Array<ArrayBuffer> }),
  });
}

/** Row numbers of a part of a table's rows. */
export const rowNumbers = ({ features }: Dataset): number[] => Array.from(features);

/** Of data sets that were hashed already: a grid's trainings share theirs. */
const fingerprints = new WeakMap<Dataset, string>();

/** Tells data sets apart: a hash of all that is learned from and predicted. */
export function fingerprint(loaded: LoadedData): string {
  const known = fingerprints.get(loaded.data) ?? hashOf(loaded);
  fingerprints.set(loaded.data, known);
  return known;
}

function hashOf({ data, table }: LoadedData): string {
  const hash = createHash("sha256");
  const update = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    hash.update(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  if (!table) for (const numbers of [data.features, data.labels]) update(numbers);
  const named = (wanted: string) => table?.columns.filter(({ role }) => role === wanted) ?? [];
  for (const { name } of [...named("feature"), ...named("target")]) {
    const values = table!.values(name);
    if (values instanceof Float64Array) update(values);
    else hash.update(values.map((value) => JSON.stringify(value ?? null)).join());
  }
  return hash.digest("hex").slice(0, 32);
}
