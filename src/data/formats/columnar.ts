import { DataError } from "../../core/errors.js";
import type { RecordSink } from "../csv/cells.js";
import type { Reading } from "../csv/reader.js";
import { shorten } from "../csv/text.js";
import { ValueCells } from "./records.js";

/** Columns of values by name, as columnar formats hold them. */
export type NamedColumns = readonly (readonly [name: string, values: ArrayLike<unknown>])[];

const text = (head: Uint8Array, length: number) => String.fromCharCode(...head.subarray(0, length));

/** Whether bytes begin as a Parquet file does. */
export const isParquet = (head: Uint8Array): boolean => text(head, 4) === "PAR1";
/** Whether bytes begin as an Arrow file (Feather) does, or as a stream of Arrow messages. */
export const isArrow = (head: Uint8Array): boolean =>
  text(head, 6) === "ARROW1" || (head[0] === 0xff && head[1] === 0xff && head[2] === 0xff && head[3] === 0xff);

/** A package that reads a format, which isn't there. */
function absent(name: string, format: string, packages: string, cause: unknown): DataError {
  return Object.assign(
    new DataError(`${name}: to read ${format}, install ${packages}: npm install ${packages}. Or save it as CSV.`),
    { cause },
  );
}

/** The columns of a Parquet file, by the package hyparquet. @throws DataError when the package isn't there, or the file is damaged */
export async function parquetColumns(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<NamedColumns> {
  const packages = "hyparquet hyparquet-compressors";
  const reader = await import("hyparquet").catch((cause) => {
    throw absent(name, "Parquet", packages, cause);
  });
  const { compressors } = await import("hyparquet-compressors").catch((cause) => {
    throw absent(name, "Parquet", packages, cause);
  });
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  try {
    const metadata = reader.parquetMetadata(file);
    const header = reader.parquetSchema(metadata).children.map(({ element }) => element.name);
    const columns = new Map<string, unknown[]>(header.map((column) => [column, []]));
    await reader.parquetRead({
      file,
      compressors,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const values = columns.get(columnName)!;
        for (let i = 0; i < columnData.length; i++) values[rowStart + i] = columnData[i];
      },
    });
    return rowNamesFirst([...columns], metadata.key_value_metadata?.find(({ key }) => key === "pandas")?.value);
  } catch (cause) {
    throw Object.assign(new DataError(`${name}: the Parquet file can't be read (${(cause as Error).message}).`), {
      cause,
    });
  }
}

/** The columns of an Arrow file, by the package apache-arrow. @throws DataError when the package isn't there, or the file is damaged */
export async function arrowColumns(bytes: Uint8Array, name: string): Promise<NamedColumns> {
  const { tableFromIPC } = await import("apache-arrow").catch((cause) => {
    throw absent(name, "Arrow", "apache-arrow", cause);
  });
  try {
    const table = tableFromIPC(bytes);
    const { schema } = table;
    const columns = schema.fields.map(({ name: column, type }, i) => {
      const cellOf = cellOfType(type);
      const values = Array.from(table.getChildAt(i)!, (value: unknown) => (value == null ? null : cellOf(value)));
      return [column, values] as const;
    });
    return rowNamesFirst(columns, schema.metadata.get("pandas"));
  } catch (cause) {
    const message =
      `${name}: the Arrow file can't be read (${(cause as Error).message}). If it is compressed, save it without: ` +
      'df.to_feather(path, compression="uncompressed"), or save it as Parquet.';
    throw Object.assign(new DataError(message), { cause });
  }
}

/** Values of an Arrow column as cells: times as dates, decimals as numbers, others as they are. */
function cellOfType(type: object): (value: unknown) => unknown {
  const name = String(type);
  if (/^(Date|Timestamp)/.test(name)) return (value) => new Date(Number(value));
  if (!name.startsWith("Decimal")) return (value) => value;
  const { scale } = type as { scale: number };
  return (value) => Number(`${wholeOf(value as Uint32Array)}e${-scale}`);
}

/** The whole number whose 32-bit words these are, the lowest first, in two's complement. */
function wholeOf(words: Uint32Array): bigint {
  const bits = Array.from(words).reduceRight((high, word) => (high << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(words.length * 32, bits);
}

/** A column that pandas keeps for a table's row names comes first, without a name, as in its CSV files. */
function rowNamesFirst(columns: NamedColumns, pandas: string | undefined): NamedColumns {
  if (pandas === undefined) return columns;
  const { columns: described = [] } = JSON.parse(pandas) as { columns?: { name: unknown; field_name: string }[] };
  const unnamed = new Set(described.filter(({ name }) => name === null).map(({ field_name }) => field_name));
  const [index] = columns.filter(([column]) => unnamed.has(column));
  return index ? [["", index[1]], ...columns.filter((column) => column !== index)] : columns;
}

/** Rows of columns, into a sink. */
export function readColumns(columns: NamedColumns, sink: RecordSink): Reading {
  const names = columns.map(([name]) => name);
  const twice = names.length > new Set(names).size && names.find((name, i) => names.indexOf(name) < i);
  if (typeof twice === "string") throw new DataError(`Two columns are named ${shorten(twice)}. Rename one.`);
  sink.begin(names);
  const rows = columns.reduce((most, [, values]) => Math.max(most, values.length), 0);
  const cells = new ValueCells();
  for (let row = 0; row < rows; row++)
    sink.record(
      cells.set(
        columns.map(([, values]) => values[row]),
        row + 1,
      ),
    );
  return { delimiter: ",", notes: [] };
}
