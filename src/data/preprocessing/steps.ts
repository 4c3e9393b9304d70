import { ArgumentError } from "../../core/errors.js";
import { checkOptions } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import { medianOf } from "../median.js";
import { momentsOf } from "../moments.js";
import { type Block, type BlockColumn, type BlockValues, isNames } from "./block.js";
import { type Json, registerStep, type Step, type StepKind } from "./step.js";
import { tokensKind } from "./tokens.js";

const numbersOf = (step: string, { name, values }: BlockColumn): Float64Array | Uint32Array => {
  if (!isNames(values)) return values;
  throw new ArgumentError(`${step}: column "${name}" holds names. Put oneHot() or ordinal() before it.`);
};
const namesOf = ({ values }: BlockColumn): readonly (string | undefined)[] =>
  isNames(values) ? values : Array.from(values, (value) => (Number.isNaN(value) ? undefined : String(value)));

/** Each column by itself, with the state of its own. */
const eachColumn = <State>(
  block: Block,
  states: readonly State[],
  change: (column: BlockColumn, state: State) => BlockColumn | BlockColumn[],
): Block => ({ ...block, columns: block.columns.flatMap((column, i) => change(column, states[i])) });

/** Options of `impute`. */
export interface ImputeOptions {
  /** Value that replaces a gap: the training rows' "median" (default), "mean" or "mostFrequent", or a value of one's own. */
  by?: "median" | "mean" | "mostFrequent" | { value: number | string };
  /** Adds a column of 1 where there was a gap and 0 elsewhere, if the training rows have gaps. Default false. */
  indicator?: boolean;
}

type Fill = { fill: number | string | null; gaps: boolean };

function fillFor({ values }: BlockColumn, by: ImputeOptions["by"]): number | string | null {
  if (typeof by === "object") return by.value;
  if (isNames(values)) return mostFrequent(values.filter((value) => value !== undefined)) ?? null;
  const present = presentOf(values);
  if (present.length === 0) return 0;
  if (by === "mostFrequent") return mostFrequent(present) ?? 0;
  if (by === "mean") return momentsOf(present).mean;
  return medianOf(present);
}

function filledNumbers(values: Float64Array | Uint32Array, fill: number): Float64Array {
  const filled = new Float64Array(values);
  for (let i = 0; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = fill;
  return filled;
}

/** The value that occurs most often; of equal ones the smallest, as scikit-learn's SimpleImputer. */
function mostFrequent<T extends number | string>(values: Iterable<T>): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: T | undefined;
  for (const [value, count] of counts) {
    const most = best === undefined ? 0 : counts.get(best)!;
    if (count > most || (count === most && best !== undefined && value < best)) best = value;
  }
  return best;
}

const imputeKind: StepKind<Json, readonly Fill[]> = {
  name: "impute",
  fit: (block, options) =>
    block.columns.map((column) => ({
      fill: fillFor(column, (options as ImputeOptions).by),
      gaps: isNames(column.values) ? column.values.includes(undefined) : column.values.some(Number.isNaN),
    })),
  apply: (block, state, options) =>
    eachColumn(block, state, ({ name, values }, { fill, gaps }) => {
      const filled: BlockValues = isNames(values)
        ? values.map((value) => value ?? (fill === null ? undefined : String(fill)))
        : filledNumbers(values, Number(fill));
      if (!(options as ImputeOptions).indicator || !gaps) return { name, values: filled };
      const missing = Float64Array.from(values as ArrayLike<unknown>, (value) =>
        Number(value === undefined || Number.isNaN(value)),
      );
      return [
        { name, values: filled },
        { name: `${name} missing`, values: missing },
      ];
    }),
};
const imputeStep = registerStep(imputeKind);

/**
 * Fills gaps. Median, mean and most frequent value are scikit-learn's (SimpleImputer), of the training rows.
 *
 * @throws ArgumentError when an option is unknown
 */
export function impute(options: ImputeOptions = {}): Step {
  checkOptions("impute", options, { by: true, indicator: "switch" });
  const { by = "median", indicator = false } = options;
  const isKnown =
    typeof by === "object" ? by !== null && "value" in by : ["median", "mean", "mostFrequent"].includes(by);
  if (!isKnown) {
    throw new ArgumentError(`impute: by must be "median", "mean", "mostFrequent" or { value }, got ${shown(by)}.`);
  }
  return imputeStep({ by, indicator } as Json);
}

type Scale = { shift: number; scale: number };

function scaled(step: string, block: Block, states: readonly Scale[]): Block {
  return eachColumn(block, states, (column, { shift, scale }) => {
    const values = new Float64Array(numbersOf(step, column));
    for (let i = 0; i < values.length; i++) values[i] = (values[i] - shift) / scale;
    return { name: column.name, values };
  });
}

/** A column's numbers without its gaps. */
const present = (step: string, column: BlockColumn) => presentOf(numbersOf(step, column));

/** The numbers without gaps; a copy, which may be reordered. */
function presentOf(numbers: Float64Array | Uint32Array): Float64Array {
  const values = new Float64Array(numbers);
  let length = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) values[length++] = values[i];
  return values.subarray(0, length);
}

const standardiseKind: StepKind<Json, readonly Scale[]> = {
  name: "standardise",
  fit: (block) =>
    block.columns.map((column) => {
      const values = present("standardise", column);
      if (values.length === 0) return { shift: 0, scale: 1 };
      const { mean, deviation } = momentsOf(values);
      return { shift: mean, scale: deviation || 1 };
    }),
  apply: (block, state) => scaled("standardise", block, state),
};
const standardiseStep = registerStep(standardiseKind);

/** (x - mean) / deviation of the training rows, gaps passed over; as scikit-learn's StandardScaler. */
export const scaleStandard = (): Step => standardiseStep();

const minMaxKind: StepKind<Json, readonly Scale[]> = {
  name: "minMax",
  fit: (block) =>
    block.columns.map((column) => {
      const values = present("minMax", column);
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      return values.length === 0 ? { shift: 0, scale: 1 } : { shift: low, scale: high - low || 1 };
    }),
  apply: (block, state) => scaled("minMax", block, state),
};
const minMaxStep = registerStep(minMaxKind);

/** (x - least) / (greatest - least) of the training rows: 0 to 1; as scikit-learn's MinMaxScaler. */
export const scaleMinMax = (): Step => minMaxStep();

/** Options of `oneHot`. */
export interface OneHotOptions {
  /** The categories, in this order; those of the training rows, sorted, where absent. */
  categories?: readonly string[];
  /** Adds a column for names that the training rows don't have; else all columns of such a row are 0. Default false. */
  unseen?: boolean;
}

/** Names in sorted order: by number where all are numbers. */
export function sortedNames(names: Iterable<string | undefined>): string[] {
  const different = [...new Set(names)].filter((name) => name !== undefined).sort();
  const isNumber = (name: string) => name.trim() !== "" && Number.isFinite(Number(name));
  return different.every(isNumber) ? different.sort((a, b) => Number(a) - Number(b)) : different;
}

type Categories = { names: readonly string[]; gaps: boolean };

const categoriesOf = (column: BlockColumn, { categories }: OneHotOptions): Categories => {
  const names = namesOf(column);
  return { names: categories ?? sortedNames(names), gaps: names.includes(undefined) };
};

const oneHotKind: StepKind<Json, readonly Categories[]> = {
  name: "oneHot",
  fit: (block, options) => block.columns.map((column) => categoriesOf(column, options as OneHotOptions)),
  apply: (block, state, options) =>
    eachColumn(block, state, (column, { names, gaps }) => {
      const { unseen = false } = options as OneHotOptions;
      const values = namesOf(column);
      const placeOf = new Map(names.map((name, place) => [name, place]));
      const labels = [...names, ...(gaps ? ["(missing)"] : []), ...(unseen ? ["(unseen)"] : [])];
      const columns = labels.map((label) => ({
        name: `${column.name}=${label}`,
        values: new Float64Array(values.length),
      }));
      values.forEach((value, row) => {
        const place =
          value === undefined ? (gaps ? names.length : -1) : (placeOf.get(value) ?? (unseen ? labels.length - 1 : -1));
        if (place >= 0) columns[place].values[row] = 1;
      });
      return columns;
    }),
};
const oneHotStep = registerStep(oneHotKind);

/**
 * A column of 0 and 1 for each name of the training rows, and for gaps where these have any; as scikit-learn's
 * OneHotEncoder with handle_unknown "ignore".
 *
 * @throws ArgumentError when an option is unknown
 */
export function oneHot(options: OneHotOptions = {}): Step {
  checkOptions("oneHot", options, { categories: true, unseen: "switch" });
  return oneHotStep(options as Json);
}

const ordinalKind: StepKind<Json, readonly Categories[]> = {
  name: "ordinal",
  fit: (block, options) => block.columns.map((column) => categoriesOf(column, options as OneHotOptions)),
  apply: (block, state) =>
    eachColumn(block, state, (column, { names }) => {
      const placeOf = new Map(names.map((name, place) => [name, place]));
      const places = namesOf(column).map((name) =>
        name === undefined ? names.length : (placeOf.get(name) ?? names.length),
      );
      return { name: column.name, values: Uint32Array.from(places) };
    }),
};
const ordinalStep = registerStep(ordinalKind);

/**
 * Names as whole numbers, 0 for the first in order; one more than the last for names unseen in training and for gaps.
 *
 * @throws ArgumentError when an option is unknown
 */
export function ordinal(options: Pick<OneHotOptions, "categories"> = {}): Step {
  checkOptions("ordinal", options, { categories: true });
  return ordinalStep(options as Json);
}

const DAY = 86_400_000;
const PARTS = {
  elapsed: (time: number, first: number) => (time - first) / DAY,
  year: (time: number) => new Date(time).getUTCFullYear(),
  month: (time: number) => new Date(time).getUTCMonth() + 1,
  day: (time: number) => new Date(time).getUTCDate(),
  weekday: (time: number) => (new Date(time).getUTCDay() + 6) % 7,
  hour: (time: number) => (((time % DAY) + DAY) % DAY) / 3_600_000,
} as const;

/** A number that is taken of a date; see `DatePartsOptions`. */
export type DatePart = keyof typeof PARTS;

/** Options of `dateParts`. */
export interface DatePartsOptions {
  /** "elapsed" (days since the first training row), "year", "month" (1 to 12), "day", "weekday" (0 for Monday), "hour". */
  parts?: readonly DatePart[];
}

const datePartsKind: StepKind<Json, readonly number[]> = {
  name: "dateParts",
  fit: (block) =>
    block.columns.map((column) =>
      present("dateParts", column).reduce((first, time) => Math.min(first, time), Infinity),
    ),
  apply: (block, state, options) =>
    eachColumn(block, state, (column, first) =>
      (options as Required<DatePartsOptions>).parts.map((part) => ({
        name: `${column.name} ${part}`,
        values: Float64Array.from(numbersOf("dateParts", column), (time) =>
          Number.isNaN(time) ? Number.NaN : PARTS[part](time, first),
        ),
      })),
    ),
};
const datePartsStep = registerStep(datePartsKind);

/** Dates, in milliseconds since 1970, as the numbers of their parts in UTC. @throws ArgumentError for an unknown part */
export function dateParts(options: DatePartsOptions = {}): Step {
  checkOptions("dateParts", options, { parts: true });
  const { parts = ["elapsed", "month", "weekday"] } = options;
  const unknown = parts.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown !== undefined) {
    throw new ArgumentError(`dateParts: there is no part "${unknown}"; use ${Object.keys(PARTS).join(", ")}.`);
  }
  return datePartsStep({ parts });
}

/** The kinds that are known from the start. */
const BUILT_IN = [
  imputeKind,
  standardiseKind,
  minMaxKind,
  oneHotKind,
  ordinalKind,
  datePartsKind,
  tokensKind,
] as readonly unknown[];

/** Makes the built-in kinds known; called where models are loaded, so that no bundler leaves them out. */
export function registerBuiltInSteps(): void {
  for (const kind of BUILT_IN) registerStep(kind as StepKind);
}
