import { FormatError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset, Split } from "./dataset.js";
import { requireFinite } from "./features.js";

/** A standardiser as plain JSON: one float64 per feature in each list. */
export interface StandardiserJson {
  mean: number[];
  deviation: number[];
}

/**
 * Shifts and scales each feature to mean 0 and deviation 1 over the rows it was fitted on: (x - mean) / deviation, as
 * scikit-learn's StandardScaler. Every number of a sample is a feature of its own, whatever the sample's shape.
 */
export class Standardiser {
  private constructor(
    /** Mean per feature, in the unit of the feature. */
    readonly mean: Float64Array,
    /** Population standard deviation per feature, in the unit of the feature; 1 where the feature is constant. */
    readonly deviation: Float64Array,
  ) {}

  /** Measures the training part. Fitting on rows that are tested on later would leak them into training. */
  static fit(train: Dataset): Standardiser {
    const { features, rows } = train;
    const size = sizeOf(train.shape);
    const mean = new Float64Array(size);
    const deviation = new Float64Array(size);
    for (let i = 0; i < features.length; i++) mean[i % size] += features[i];
    for (let column = 0; column < size; column++) mean[column] /= rows;
    // Two passes: the sum of squares minus the squared mean would cancel for features far from 0.
    for (let i = 0; i < features.length; i++) deviation[i % size] += (features[i] - mean[i % size]) ** 2;
    for (let column = 0; column < size; column++) {
      // A constant feature's deviation is exactly 0: float64 adds up to 2^29 equal float32 numbers without rounding.
      deviation[column] = Math.sqrt(deviation[column] / rows) || 1;
    }
    return new Standardiser(mean, deviation);
  }

  /**
   * The data set with scaled features.
   *
   * @throws ShapeError when samples have another number of features; DataError when a result leaves float32
   */
  apply(dataset: Dataset): Dataset {
    const size = sizeOf(dataset.shape);
    if (size !== this.mean.length) {
      throw new ShapeError(`Standardiser: fitted on ${this.mean.length} features, got samples of ${size}.`);
    }
    return dataset.withFeatures(this.applyTo(dataset.features));
  }

  /**
   * Scaled copies of samples one after another.
   *
   * @param features - [rows, size] with the number of features it was fitted on
   * @throws ShapeError when the length isn't a multiple of that number; DataError when a result isn't finite
   */
  applyTo(features: Float32Array): Float32Array<ArrayBuffer> {
    const size = this.mean.length;
    if (features.length % size !== 0) {
      throw new ShapeError(
        `Standardiser: fitted on ${size} features a row; ${features.length} numbers aren't whole rows.`,
      );
    }
    const scaled = new Float32Array(features.length);
    for (let i = 0; i < features.length; i++)
      scaled[i] = (features[i] - this.mean[i % size]) / this.deviation[i % size];
    requireFinite("Standardiser: scaled features", scaled, size);
    return scaled;
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

/**
 * Fits on the training part only and scales every part with that.
 *
 * @returns the scaled parts and the standardiser, which data to predict must go through as well
 */
export function standardise<V extends Dataset | undefined = undefined>(parts: {
  train: Dataset;
  test: Dataset;
  validation?: V;
}): Split<V> & { standardiser: Standardiser } {
  const standardiser = Standardiser.fit(parts.train);
  return {
    train: standardiser.apply(parts.train),
    test: standardiser.apply(parts.test),
    validation: (parts.validation && standardiser.apply(parts.validation)) as V,
    standardiser,
  };
}
