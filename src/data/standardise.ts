import { DataError, FormatError, ShapeError } from "../core/errors.js";
import { checkArgument, checkOptions, type OptionNames } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import { Dataset, type Split } from "./dataset.js";
import { exactOf } from "./exact.js";
import { flattenRows, isFiniteOrUnknown, requireFinite } from "./features.js";

/** A standardiser as plain JSON: one float64 per feature in each list. */
export interface StandardiserJson {
  mean: number[];
  deviation: number[];
}

/** A scaled number further from the mean than this is said in the data set's warnings. */
const FAR = 50;
const MOST_NAMED = 5;

/**
 * Shifts and scales each feature to mean 0 and deviation 1 over the rows it was fitted on: (x - mean) / deviation, as
 * scikit-learn's StandardScaler. Worked out in float64, from float64 where the data were given so, and rounded last: so
 * timestamps and map coordinates keep their differences. Every number of a sample is a feature of its own, whatever the
 * sample's shape.
 */
export class Standardiser {
  private constructor(
    /** Mean per feature, in the unit of the feature. */
    readonly mean: Float64Array,
    /** Population standard deviation per feature, in the unit of the feature; 1 where the feature is constant. */
    readonly deviation: Float64Array,
  ) {}

  /** Measures the training part's features. Fitting on rows that are tested on later would leak them into training. */
  static fit(train: Dataset): Standardiser {
    return new Standardiser(...measure(exactOf(train.features), sizeOf(train.shape)));
  }

  /**
   * Measures the training part's numbers to predict.
   *
   * @throws DataError when the labels are classes
   */
  static fitTargets(train: Dataset): Standardiser {
    requireNumbers(train);
    return new Standardiser(...measure(exactOf(train.labels), sizeOf(train.targetShape)));
  }

  /**
   * The data set with scaled features; its warnings name those of which a number lies far out.
   *
   * @throws ShapeError when samples have another number of features; DataError when a result leaves float32
   */
  apply(dataset: Dataset): Dataset {
    const size = sizeOf(dataset.shape);
    if (size !== this.mean.length) {
      throw new ShapeError(`Standardiser: fitted on ${this.mean.length} features, got samples of ${size}.`);
    }
    const scaled = this.applyTo(exactOf(dataset.features));
    return dataset.withFeatures(scaled, farOut(scaled, size, dataset.featureNames));
  }

  /** The data set with scaled numbers to predict; unknown ones stay NaN. @throws DataError when the labels are classes */
  applyToTargets(dataset: Dataset): Dataset {
    requireNumbers(dataset);
    return Dataset.from({ ...dataset, labels: this.#scaled(exactOf(dataset.labels), isFiniteOrUnknown) });
  }

  /**
   * Scaled copies of samples one after another.
   *
   * @param values - [rows, size] with the number of features it was fitted on; or one list per row
   * @throws ShapeError when the length isn't a multiple of that number; DataError when a result isn't finite
   */
  applyTo(values: ArrayLike<number> | readonly ArrayLike<number>[]): Float32Array<ArrayBuffer> {
    const size = this.mean.length;
    const flat =
      typeof values[0] === "object" ? flattenRows("Standardiser", values).values : (values as ArrayLike<number>);
    if (flat.length % size !== 0) {
      throw new ShapeError(`Standardiser: fitted on ${size} features a row; ${flat.length} numbers aren't whole rows.`);
    }
    return this.#scaled(flat, Number.isFinite);
  }

  /** @param isAllowed - refuses what of the result may not be */
  #scaled(flat: ArrayLike<number>, isAllowed: (value: number) => boolean): Float32Array<ArrayBuffer> {
    const size = this.mean.length;
    const scaled = new Float32Array(flat.length);
    for (let i = 0, column = 0; i < flat.length; i++, column = column + 1 === size ? 0 : column + 1) {
      scaled[i] = (flat[i] - this.mean[column]) / this.deviation[column];
    }
    requireFinite("Standardiser: scaled features", scaled, size, undefined, isAllowed);
    return scaled;
  }

  /**
   * Numbers in their own unit again, in float64: a model's predictions of scaled targets.
   *
   * @param scaled - [rows, ...shape of a row], row-major
   * @returns as many numbers
   */
  invert(scaled: ArrayLike<number>): Float64Array<ArrayBuffer> {
    const size = this.mean.length;
    return Float64Array.from(scaled, (value, i) => value * this.deviation[i % size] + this.mean[i % size]);
  }

  toJSON(): StandardiserJson {
    return { mean: [...this.mean], deviation: [...this.deviation] };
  }

  /**
   * The standardiser that `toJSON` described, to the bit.
   *
   * @throws FormatError when it isn't one
   */
  static fromJSON(json: unknown): Standardiser {
    const { mean, deviation } = (json ?? {}) as Partial<Record<keyof StandardiserJson, unknown>>;
    for (const [name, list] of Object.entries({ mean, deviation })) {
      if (!Array.isArray(list) || list.length === 0 || !list.every((value) => Number.isFinite(value))) {
        throw new FormatError(
          `Standardiser: "${name}" must be a list of finite numbers. Was the file cut off or edited?`,
        );
      }
    }
    const [means, deviations] = [Float64Array.from(mean as number[]), Float64Array.from(deviation as number[])];
    const bad = deviations.findIndex((value) => value <= 0);
    if (means.length !== deviations.length || bad >= 0) {
      const got = bad >= 0 ? `${deviations[bad]} at ${bad}` : `${means.length} means, ${deviations.length} deviations`;
      throw new FormatError(`Standardiser: needs one positive deviation per mean, got ${got}. Was the file edited?`);
    }
    return new Standardiser(means, deviations);
  }
}

/** Mean and deviation of each column of [rows, size], over the numbers that are known; 0 and 1 where none is. */
function measure(values: ArrayLike<number>, size: number): [mean: Float64Array, deviation: Float64Array] {
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  const constant = new Uint8Array(size).fill(1);
  const first = new Float64Array(size);
  const known = new Uint32Array(size);
  // Sums of differences from the first row: of numbers far from 0 the mean keeps its digits.
  for (let i = 0, column = 0; i < values.length; i++, column = column + 1 === size ? 0 : column + 1) {
    if (Number.isNaN(values[i])) continue;
    if (known[column]++ === 0) first[column] = values[i];
    mean[column] += values[i] - first[column];
    if (values[i] !== first[column]) constant[column] = 0;
  }
  for (let column = 0; column < size; column++)
    mean[column] = first[column] + mean[column] / Math.max(1, known[column]);
  // Two passes: the sum of squares minus the squared mean would cancel for features far from 0.
  for (let i = 0, column = 0; i < values.length; i++, column = column + 1 === size ? 0 : column + 1) {
    if (!Number.isNaN(values[i])) deviation[column] += (values[i] - mean[column]) ** 2;
  }
  for (let column = 0; column < size; column++) {
    deviation[column] = constant[column] ? 1 : Math.sqrt(deviation[column] / known[column]) || 1;
  }
  return [mean, deviation];
}

function requireNumbers({ labelKind }: Dataset): void {
  if (labelKind !== "classes") return;
  throw new DataError("Standardiser: the labels are classes, which have no mean. Scale numbers to predict only.");
}

/** A sentence on the features of which some number lies more than 50 deviations from the mean. */
function farOut(scaled: Float32Array, size: number, names: readonly string[] | undefined): string[] {
  const furthest = new Map<number, number>();
  for (let i = 0; i < scaled.length; i++) {
    const away = Math.abs(scaled[i]);
    if (away > FAR && away > (furthest.get(i % size) ?? 0)) furthest.set(i % size, away);
  }
  if (furthest.size === 0) return [];
  const listed = [...furthest].slice(0, MOST_NAMED).map(([column, away]) => {
    const name = names ? JSON.stringify(names[column].slice(0, 40)) : `feature ${column}`;
    return `${name} by ${Math.round(away)}`;
  });
  const more = furthest.size > MOST_NAMED ? ` and ${furthest.size - MOST_NAMED} more` : "";
  return [
    `Standardised features lie far from the training part's mean, in deviations: ${listed.join(", ")}${more}. ` +
      "Nearly constant columns, or marks such as -9999 for what is unknown, do that.",
  ];
}

/** Options of `standardise`. */
export interface StandardiseOptions {
  /** Scale the numbers to predict as well; `targetStandardiser.invert` brings predictions back. Default false. */
  targets?: boolean;
}

const OPTIONS: OptionNames<StandardiseOptions> = { targets: "switch" };

/**
 * Fits on the training part only and scales every part with that.
 *
 * @returns the scaled parts and the standardiser, which data to predict must go through as well
 * @throws ArgumentError when an option is unknown; DataError when targets to scale are classes, or a result leaves float32
 */
export function standardise<V extends Dataset | undefined = undefined>(
  parts: { train: Dataset; test: Dataset; validation?: V },
  options: StandardiseOptions = {},
): Split<V> & { standardiser: Standardiser; targetStandardiser: Standardiser | undefined } {
  checkOptions("standardise", options, OPTIONS);
  const { train, test } = parts ?? {};
  const isSplit = train instanceof Dataset && test instanceof Dataset;
  checkArgument("standardise", "the parts of a data set, as data.split() gives them", parts, isSplit);
  const standardiser = Standardiser.fit(parts.train);
  const targetStandardiser = options.targets ? Standardiser.fitTargets(parts.train) : undefined;
  const scale = (part: Dataset) => {
    const scaled = standardiser.apply(part);
    return targetStandardiser ? targetStandardiser.applyToTargets(scaled) : scaled;
  };
  return {
    train: scale(parts.train),
    test: scale(parts.test),
    validation: (parts.validation && scale(parts.validation)) as V,
    standardiser,
    targetStandardiser,
  };
}
