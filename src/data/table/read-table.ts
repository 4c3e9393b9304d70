import { DataError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import type { RecordSink } from "../csv/cells.js";
import { CsvReader } from "../csv/reader.js";
import type { NamedColumns } from "../formats/columnar.js";
import { type ArrayFile, isIdx } from "../formats/idx.js";
import { isNpy, readNpy } from "../formats/npy.js";
import { areRecords, type RecordList, readRecords } from "../formats/records.js";
import { isZip, readZip } from "../formats/zip.js";
import { type ByteInput, type ByteSource, openSource, readAll, readHead } from "../sources/source.js";
import { type AsyncFeed, buildTableFrom, tableFromRecords } from "./build.js";
import type { TableOptions } from "./options.js";
import type { Table } from "./table.js";

const HEAD = 4096;

/**
 * Reads a table as it was published, and finds out what each of its columns is: CSV and the like, JSON, JSON lines,
 * NumPy arrays, Parquet and Arrow, each known by its content; gzip is decompressed. A text file is read piece by piece,
 * twice: once to find out what its columns are, once to keep what is read of them.
 *
 * @param source - a path (in Node), an address, bytes, a File, a stream; or rows of a program
 * @example const { train, test } = (await readTable("titanic.csv", { target: "Survived" })).split({ test: 0.2 });
 * @throws DataError with all that is wrong with the file, and the way out
 */
export async function readTable(source: ByteInput | RecordList, options: TableOptions = {}): Promise<Table> {
  if (areRecords(source)) return tableFromRecords(source, options);
  const opened = await openSource(source as ByteInput, options?.name);
  const feed = await feedOf(opened, options);
  return buildTableFrom(feed, options, opened.name);
}

/** How a text file is read. `eager`: the first fault is an error at once. */
export type TextOptions = Pick<TableOptions, "delimiter" | "quote" | "header"> & { eager?: boolean };

/** A function that feeds a source's records to a sink, each time from the first. @throws DataError for a format that isn't read */
export async function feedOf(source: ByteSource, options: TextOptions): Promise<AsyncFeed> {
  const { name } = source;
  const head = await readHead(source, HEAD);
  const { isArrow, isParquet, parquetColumns, arrowColumns, readColumns } = await import("../formats/columnar.js");
  if (isParquet(head) || isArrow(head)) {
    const bytes = await readAll(source);
    const columns = isParquet(head) ? await parquetColumns(bytes, name) : await arrowColumns(bytes, name);
    return async (sink) => readColumns(columns, sink);
  }
  if (isNpy(head)) return arrayFeed(await readAll(source), name);
  if (isZip(head)) return zipFeed(await readAll(source), name, options);
  if (isIdx(head)) {
    throw new DataError(
      `${name}: it is an IDX file, which holds images or labels alone. Take both: imageDataset(readIdx(images), readIdx(labels)).`,
    );
  }
  const { foreignFormat } = await import("../formats/foreign.js");
  const foreign = foreignFormat(head);
  if (foreign) throw new DataError(`${name}: ${foreign}`);
  const start = new TextDecoder()
    .decode(head)
    .replace(/^\ufeff/, "")
    .trimStart();
  if (/^<(?:!doctype\s+html|html)\b/i.test(start)) {
    throw new DataError(`${name}: it is a web page, not a table. Download the file that the page shows or links to.`);
  }
  const isNamedJson = /\.(json|jsonl|ndjson)(\.gz)?$/i.test(name);
  if (/^\{\s*"/.test(start) || /^\[\s*[[{]/.test(start) || isNamedJson) return jsonFeed(source, start);
  return (sink, between) => readText(source, sink, options, between);
}

async function readText(source: ByteSource, sink: RecordSink, options: TextOptions, between?: () => Promise<void>) {
  const { delimiter, quote, header, eager } = options;
  const reader = new CsvReader(sink, { name: source.name, delimiter, quote, header, eager });
  for await (const piece of source.pieces()) {
    reader.push(piece);
    await between?.();
  }
  return reader.end();
}

async function jsonFeed(source: ByteSource, start: string): Promise<AsyncFeed> {
  const { readJsonLines, recordsOfJson } = await import("../formats/json.js");
  const [line, below] = start.split("\n", 2);
  const areLines = /\.(jsonl|ndjson)(\.gz)?$/i.test(source.name);
  const isOnly = (below ?? "").trim() === "";
  if (areLines || (start.startsWith("{") && isRecord(line, isOnly))) {
    const known: string[] = [];
    return (sink) => readJsonLines(source, sink, known);
  }
  const { records, notes } = recordsOfJson(new TextDecoder().decode(await readAll(source)), source.name);
  return async (sink) => ({ ...readRecords(records, sink), notes });
}

/** Whether a first line is a row of JSON lines. One that has no other below it may be all of a JSON text as well. */
function isRecord(line: string, isOnly: boolean): boolean {
  try {
    const values = Object.values(JSON.parse(line) as object);
    return !isOnly || values.every((value) => typeof value !== "object" || value === null);
  } catch {
    return false;
  }
}

/** A NumPy array of rows: its columns are called by their numbers. */
async function arrayFeed(bytes: Uint8Array, name: string): Promise<AsyncFeed> {
  const array = readNpy(bytes, name);
  const { shape } = array;
  if (shape.length !== 2) {
    throw new DataError(`${name}: a table is an array of rows, [rows, columns], but this is [${shape.join(", ")}].`);
  }
  return columnsFeed(columnsOf(array));
}

/** Arrays of as many rows: one of several columns calls them by its name and their numbers. */
async function arraysFeed(files: ReadonlyMap<string, Uint8Array>, name: string): Promise<AsyncFeed> {
  const arrays = [...files].map(([entry, bytes]) => {
    const array = readNpy(bytes, `${name}: ${entry}`);
    return { title: entry.replace(/\.npy$/, ""), array, rows: array.shape[0] };
  });
  if (arrays.some(({ rows }) => rows !== arrays[0].rows)) {
    const sizes = arrays.map(({ title, array }) => `${title} [${array.shape.join(", ")}]`).join(", ");
    throw new DataError(
      `${name}: the columns of a table have as many rows each, but its arrays are ${sizes}. Save those of one part in a ` +
        "file of their own, or take them one by one: readNpz().",
    );
  }
  return columnsFeed(arrays.flatMap(({ title, array }) => columnsOf(array, title)));
}

/** The columns of an array of rows. @param title - the name of the array; of several columns each is numbered */
function columnsOf({ shape, values }: ArrayFile, title?: string): NamedColumns {
  const [rows] = shape;
  const width = sizeOf(shape.slice(1));
  return Array.from({ length: width }, (_, column) => {
    const cells = new Float64Array(rows);
    for (let row = 0; row < rows; row++) cells[row] = values[row * width + column];
    const name = title === undefined || width > 1 ? `${title ?? "column"} ${column + 1}` : title;
    return [name, cells] as const;
  });
}

async function columnsFeed(columns: NamedColumns): Promise<AsyncFeed> {
  const { readColumns } = await import("../formats/columnar.js");
  return async (sink) => readColumns(columns, sink);
}

/** Folders in an archive, and what systems put beside its files. */
const BESIDE = /\/$|^__MACOSX\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini)$/;

async function zipFeed(bytes: Uint8Array, name: string, options: TextOptions): Promise<AsyncFeed> {
  const all = await readZip(bytes, name);
  const { foreignArchive } = await import("../formats/foreign.js");
  const foreign = foreignArchive(all.keys());
  if (foreign) throw new DataError(`${name}: ${foreign}`);
  const files = new Map([...all].filter(([entry]) => !BESIDE.test(entry)));
  if (files.size > 1 && [...files.values()].every(isNpy)) return arraysFeed(files, name);
  const [[entry, content] = []] = files;
  if (entry === undefined || files.size > 1) {
    const listed = [...files.keys()].slice(0, 5).join(", ");
    throw new DataError(`${name}: the archive holds ${files.size} files; unpack it and take one: ${listed}.`);
  }
  return feedOf(await openSource(content!, entry), options);
}
