import { DataError } from "../../core/errors.js";
import type { RecordSink } from "../csv/cells.js";
import type { Reading } from "../csv/reader.js";
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
    const header = reader.parquetSchema(reader.parquetMetadata(file)).children.map(({ element }) => element.name);
    const columns = new Map<string, unknown[]>(header.map((column) => [column, []]));
    await reader.parquetRead({
      file,
      compressors,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const values = columns.get(columnName)!;
        for (let i = 0; i < columnData.length; i++) values[rowStart + i] = columnData[i];
      },
    });
    return [...columns];
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
    return table.schema.fields.map(({ name: column, type }, i) => {
      const values = Array.from(table.getChildAt(i)!, (value: unknown) => value);
      return [column, isTime(String(type)) ? values.map(dateOf) : values] as const;
    });
  } catch (cause) {
    throw Object.assign(new DataError(`${name}: the Arrow file can't be read (${(cause as Error).message}).`), {
      cause,
    });
  }
}

const isTime = (type: string) => /^(Date|Timestamp)/.test(type);
const dateOf = (value: unknown) => (value === null || value === undefined ? null : new Date(Number(value)));

/** Rows of columns, into a sink. */
export function readColumns(columns: NamedColumns, sink: RecordSink): Reading {
  sink.begin(columns.map(([name]) => name));
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
