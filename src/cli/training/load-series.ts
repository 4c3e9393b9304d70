import { type ColumnInfo, Dataset, exactOf, Standardiser, seriesWindows, type Table } from "../../data/index.js";
import { ArgumentError, DataError, type RegressionReport, regressionReport } from "../../index.js";

/** Options of series. */
export interface SeriesOptions {
  window?: number;
  horizon?: number;
}

/** A series as it was read. */
export interface LoadedSeries {
  /** Columns that a window has of each row. */
  columns: readonly string[];
  window: number;
  horizon: number;
  /** Rows whose gaps were filled with the row before, by column. */
  filled: Readonly<Record<string, number>>;
}

const isNumeric = ({ reading }: ColumnInfo) => reading?.kind === "number" || reading?.kind === "boolean";

/** Columns that a window has of each row: the target itself, and the features. */
function columnsOf(table: Table, asked: readonly string[] | undefined): string[] {
  const [target] = table.targets;
  if (asked) {
    const unknown = asked.find((name) => !table.columns.some((column) => column.name === name));
    if (unknown !== undefined)
      throw new ArgumentError(`--features: ${table.name} has no column ${JSON.stringify(unknown)}.`);
    const wrong = table.columns.find((column) => asked.includes(column.name) && !isNumeric(column));
    if (wrong)
      throw new ArgumentError(`--features ${wrong.name}: a series takes columns of numbers, and it has names.`);
    return [...asked];
  }
  const features = table.columns.filter((column) => column.role === "feature" && isNumeric(column));
  return [target, ...features.map(({ name }) => name)];
}

/** A column's numbers, gaps filled with the number before. @throws DataError when it begins with a gap */
function numbersOf(table: Table, name: string): { values: Float64Array; gaps: number } {
  const values = Float64Array.from(table.values(name) as Float64Array);
  let gaps = 0;
  for (let t = 0; t < values.length; t++) {
    if (!Number.isNaN(values[t])) continue;
    if (t === 0)
      throw new DataError(`${table.name}: "${name}" has no number in the first row. Begin where it has one.`);
    values[t] = values[t - 1];
    gaps++;
  }
  return { values, gaps };
}

/** A table's columns of numbers by name, and for each row those that a window has. */
export function placesOf(table: Table, columns: readonly string[], more: readonly string[] = []) {
  const read = new Map([...new Set([...columns, ...more])].map((column) => [column, numbersOf(table, column)]));
  const places = Array.from({ length: table.rows }, (_, t) => columns.map((column) => read.get(column)!.values[t]));
  return { read, places };
}

/**
 * Windows over the rows of a table in their order, each with the target some rows later.
 *
 * @param asked - columns that a window has; the target and all that hold numbers where absent
 * @throws DataError or ArgumentError when the table is no series
 */
export function loadSeries(
  table: Table,
  { window = 24, horizon = 1 }: SeriesOptions,
  asked?: readonly string[],
): { data: Dataset; series: LoadedSeries } {
  const { name, targets, classNames } = table;
  if (classNames || targets.length !== 1) {
    const why = classNames ? `"${targets[0]}" holds classes` : "there are several targets";
    throw new ArgumentError(`--window is for one target of numbers, and ${why}.`);
  }
  const columns = columnsOf(table, asked);
  const { read, places } = placesOf(table, columns, targets);
  const data = seriesWindows(places, {
    window,
    horizon,
    targets: read.get(targets[0])!.values,
    featureNames: columns,
    targetName: targets[0],
    name,
  });
  const filled = Object.fromEntries(
    [...read].filter(([, { gaps }]) => gaps > 0).map(([column, { gaps }]) => [column, gaps]),
  );
  return { data, series: { columns, window, horizon, filled } };
}

/** Scores of saying the last value that a window has of the target; undefined where it has none of it. */
export function byLastValue(
  { features, labels, rows, shape, targetName = "" }: Dataset,
  { columns }: LoadedSeries,
): RegressionReport | undefined {
  const column = columns.indexOf(targetName);
  if (column < 0) return undefined;
  const [window, width] = shape;
  const values = exactOf(features);
  const last = Float64Array.from({ length: rows }, (_, row) => values[((row + 1) * window - 1) * width + column]);
  return regressionReport(exactOf(labels), last);
}

/** Scales each column alike at all places of a window, by the training windows. */
export function seriesScale(train: Dataset): Standardiser {
  const [time, features] = train.shape;
  const places = { features: exactOf(train.features), shape: [features], labels: new Uint8Array(train.rows * time) };
  const { mean, deviation } = Standardiser.fit(Dataset.from(places));
  const everywhere = (values: Float64Array) => Array.from({ length: time * features }, (_, i) => values[i % features]);
  return Standardiser.fromJSON({ mean: everywhere(mean), deviation: everywhere(deviation) });
}
