import { select } from "../median.js";
import { momentsOf } from "../moments.js";

/** Distance from the quartiles, in interquartile ranges, from which a value is an outlier. */
const FAR = 50;
/** Deviations from the mean that are far, where more than half the rows have one value. */
const FAR_DEVIATIONS = 50;
const MOST_NAMED = 5;
/** A sample tells quartiles well enough. */
const MOST_SORTED = 2000;
/** Fewer numbers have no rest to be far from. */
const LEAST = 8;

/** Of a column: a number or date that lies far from the rest, and in how many rows one does. */
export interface FarNumbers {
  name: string;
  value: number;
  rows: number;
  /** The numbers are milliseconds since 1970. */
  isDate: boolean;
}

/** Least and greatest number of a column, gaps passed over; undefined where there is none. */
export function rangeOf(values: Float64Array): readonly [low: number, high: number] | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < min) min = values[i];
    if (values[i] > max) max = values[i];
  }
  return min <= max ? [min, max] : undefined;
}

/** Numbers of a column that lie far from all others, gaps passed over. */
export function farNumbers(values: Float64Array): Pick<FarNumbers, "value" | "rows"> | undefined {
  const range = rangeOf(values);
  if (!range || range[0] === range[1]) return undefined;
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) count++;
  if (count < LEAST) return undefined;
  return outsideOf(values, count, ...range) ?? range.map((value) => nines(values, value)).find(Boolean);
}

/** The least or greatest number as a mark, where it is of nines, recurs, and is twice as large as all others or the only one below 0. */
function nines(values: Float64Array, mark: number): Pick<FarNumbers, "value" | "rows"> | undefined {
  if (!/^-?99+$/.test(String(mark))) return undefined;
  let rows = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === mark) rows++;
    else if (Math.abs(value) * 2 > Math.abs(mark) && !(mark < 0 && value >= 0)) return undefined;
  }
  return rows > 1 ? { value: mark, rows } : undefined;
}

/** @param count - of the numbers that aren't gaps */
function outsideOf(
  values: Float64Array,
  count: number,
  min: number,
  max: number,
): Pick<FarNumbers, "value" | "rows"> | undefined {
  const sample = sampleOf(values);
  const [low, high] = [1, 3].map((quarters) => select(sample, Math.floor((sample.length * quarters) / 4)));
  let [from, to] = [low - (high - low) * FAR, high + (high - low) * FAR];
  if (!(high > low)) {
    const { mean, deviation } = momentsOf(
      count === values.length ? values : values.filter((value) => !Number.isNaN(value)),
    );
    [from, to] = [mean - deviation * FAR_DEVIATIONS, mean + deviation * FAR_DEVIATIONS];
  }
  if (min >= from && max <= to) return undefined;
  const outside = values.filter((value) => value < from || value > to);
  return { value: outside[0], rows: outside.length };
}

/** At most 2,000 of the numbers, evenly chosen, without gaps. */
function sampleOf(values: Float64Array): Float64Array {
  const every = Math.ceil(values.length / MOST_SORTED);
  const sample = new Float64Array(Math.ceil(values.length / every));
  let length = 0;
  for (let i = 0; i < values.length; i += every) if (!Number.isNaN(values[i])) sample[length++] = values[i];
  return sample.subarray(0, length);
}

/**
 * A sentence on numbers that lie far from all others of their column: marks for what is unknown, such
 * as -9999, or columns that are nearly constant.
 */
export function farWarning(far: readonly FarNumbers[]): string[] {
  const [dates, numbers] = [far.filter(({ isDate }) => isDate), far.filter(({ isDate }) => !isDate)];
  return [
    ...warningOf("Numbers", numbers, (value) => String(value)),
    ...warningOf("Dates", dates, (value) => new Date(value).toISOString().slice(0, 10), " as it stands in the file"),
  ];
}

function warningOf(
  what: string,
  far: readonly FarNumbers[],
  write: (value: number) => string,
  spelling = "",
): string[] {
  if (far.length === 0) return [];
  const told = far.slice(0, MOST_NAMED).map(({ value, ...rest }) => ({ ...rest, text: write(value) }));
  const listed = told.map(({ name, text, rows }) => `${JSON.stringify(name)} has ${text} in ${rows} of its rows`);
  const marks = [...new Set(told.map(({ text }) => `"${text}"`))];
  const more = far.length > MOST_NAMED ? ` and ${far.length - MOST_NAMED} more columns` : "";
  return [
    `${what} lie far from all others of their column: ${listed.join(", ")}${more}. ` +
      `If they mark what is unknown, say so${spelling}: missing: [${marks.join(", ")}].`,
  ];
}
