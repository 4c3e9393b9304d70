import { sizeOf } from "../../core/shape.js";
import type { Dataset } from "../../data/dataset.js";
import { exactOf } from "../../data/exact.js";
import { unscale } from "../../data/preprocessing/target.js";
import { everyRow } from "../../data/table/columns.js";
import type { ColumnInfo } from "../../data/table/infer.js";
import type { Table } from "../../data/table/table.js";
import { MOST_COLUMNS } from "../data-columns.js";
import type { PartName, Sample } from "../run.js";
import type { DescribeOptions } from "./options.js";

/** A part's rows as people read them: cells as they came, targets in their own unit. */
export interface ReadableRows {
  rows: number;
  /** Features of a row, and the names of those that `cells` gives. */
  features: number;
  names: readonly string[];
  cells(place: number): Sample["cells"];
  /** [rows, targets], class indices or numbers */
  labels: ArrayLike<number>;
  targetNames: readonly string[] | undefined;
}

/** The rows of a part that there is. */
export function readableRows(part: PartName, options: DescribeOptions): ReadableRows {
  const { table, rowsOf, readable = options, image } = options;
  if (table) return rowsOfTable(table, rowsOf?.[part] ?? everyRow(table.rows), options[part]!);
  return rowsOfDataset(readable[part]!, image !== undefined);
}

function rowsOfDataset(data: Dataset, isImage: boolean): ReadableRows {
  const { rows, shape, featureNames, targetName, labels } = data;
  const size = sizeOf(shape);
  const shown = isImage || shape.length === 3 ? size : Math.min(size, MOST_COLUMNS);
  return {
    rows,
    features: size,
    names: featureNames?.slice(0, shown) ?? Array.from({ length: shown }, (_, i) => String(i + 1)),
    cells: (place) => data.features.slice(place * size, place * size + shown),
    labels: exactOf(labels),
    targetNames: targetName === undefined ? undefined : [targetName],
  };
}

function rowsOfTable(table: Table, rows: ArrayLike<number>, data: Dataset): ReadableRows {
  const features = table.columns.filter(({ role }) => role === "feature");
  const shown = features.slice(0, MOST_COLUMNS);
  return {
    rows: data.rows,
    features: features.length,
    names: shown.map(({ name }) => name),
    cells: (place) => shown.map((column) => cellOf(column, table.values(column.name, [rows[place]])[0])),
    labels: table.classNames ? data.labels : numbersOf(table, rows),
    targetNames: table.targets,
  };
}

/** Targets in float64, row by row. */
function numbersOf(table: Table, rows: ArrayLike<number>): ArrayLike<number> {
  const columns = table.targets.map((name) => table.values(name, rows) as Float64Array);
  if (columns.length === 1) return columns[0];
  return Float64Array.from({ length: rows.length * columns.length }, (_, i) => {
    return columns[i % columns.length][Math.floor(i / columns.length)];
  });
}

/** A cell as it is read; a gap is empty. */
function cellOf({ reading }: ColumnInfo, value: number | string | undefined): number | string {
  if (typeof value !== "number") return value ?? "";
  if (Number.isNaN(value)) return "";
  if (reading?.kind === "boolean") return reading.words[value];
  return reading?.kind === "date" ? new Date(value).toISOString().replace(/T00:00:00\.000Z$|\.000Z$/, "") : value;
}

/** Function that brings the model's numbers into the target's own unit. */
export function unscaled({ unscale: own, table, train }: DescribeOptions): (values: Float32Array) => ArrayLike<number> {
  if (own) return own;
  const target = table && train.preprocessing?.target;
  return target?.kind === "numbers" ? (values) => unscale(values, target) : (values) => values;
}
