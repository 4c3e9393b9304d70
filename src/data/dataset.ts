import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import { type Features, readFeatures, requireFinite } from "./features.js";
import { type Labels, readLabels } from "./labels.js";
import { type Fold, foldRows, type Strata, splitRows } from "./split.js";

/** What a data set is made from; see `Dataset.from`. */
export interface DatasetSource {
  features: Features;
  labels: Labels;
  /** How much each row counts in training and evaluation, [rows], 0 or more; only their ratios matter. */
  weights?: ArrayLike<number>;
  /** Shape of one sample, such as [64] or [28, 28, 1]; `features` are [rows, ...shape]. */
  shape?: Shape;
  /** One name per class; the name of class index i is `classNames[i]`. */
  classNames?: readonly string[];
  /** One name per number of a sample. */
  featureNames?: readonly string[];
  targetName?: string;
  name?: string;
}

export interface SplitOptions {
  /** Fraction of all rows that goes to the test part, in (0, 1). */
  test: number;
  /** Fraction of all rows that goes to the validation part, in (0, 1); no such part when absent. */
  validation?: number;
  /** Keep the proportions of the classes in every part. Default false. */
  stratify?: boolean;
  /** Default 0. The same seed gives the same parts. */
  seed?: number;
}

export interface Split<V extends Dataset | undefined = Dataset | undefined> {
  train: Dataset;
  test: Dataset;
  validation: V;
}

type Fields = Pick<
  Dataset,
  | "name"
  | "rows"
  | "shape"
  | "features"
  | "labels"
  | "weights"
  | "targetShape"
  | "classNames"
  | "featureNames"
  | "targetName"
>;

/** One row per label; but floats may be several a row, where the features tell how many rows there are. */
function countRows({ features, labels, shape }: DatasetSource): number {
  if (!(labels instanceof Float32Array || labels instanceof Float64Array)) return labels?.length ?? 0;
  const flat = ArrayBuffer.isView(features);
  const rows = flat && shape ? features.length / sizeOf(shape) : flat ? labels.length : features?.length;
  const fits = Number.isInteger(rows) && rows > 0 && labels.length > 0 && labels.length % rows === 0;
  return fits ? rows : labels.length;
}

/** @throws DataError when there isn't one weight for each row, finite and not negative */
function readWeights(where: string, weights: ArrayLike<number>, rows: number): Float32Array<ArrayBuffer> {
  const values = Float32Array.from(weights);
  const bad = values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad < 0 && values.length === rows) return values;
  throw new DataError(
    `${where}: weights must be ${rows} numbers of 0 or more, one a row, got ${bad < 0 ? values.length : weights[bad]}.`,
  );
}

/** Samples and what to learn from them, checked once, so that training needn't. Its arrays are not to be written to. */
export class Dataset {
  readonly name: string;
  readonly rows: number;
  /** Shape of one sample. */
  readonly shape: Shape;
  /** [rows, ...shape], row-major; all finite. */
  readonly features: Float32Array<ArrayBuffer>;
  /** Class indices [rows] (Uint32Array), or numbers to predict [rows, ...targetShape] (Float32Array). */
  readonly labels: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** How much each row counts, [rows]; undefined where all count alike. Scores are weighted means (see `Loss`). */
  readonly weights: Float32Array<ArrayBuffer> | undefined;
  /** [] for class indices, [k] for k numbers a row. */
  readonly targetShape: Shape;
  /** Names of the classes ("0", "1", ... when they have none); undefined when labels are numbers to predict. */
  readonly classNames: readonly string[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly targetName: string | undefined;

  private constructor(fields: Fields) {
    this.name = fields.name;
    this.rows = fields.rows;
    this.shape = Object.freeze([...fields.shape]);
    this.features = fields.features;
    this.labels = fields.labels;
    this.weights = fields.weights;
    this.targetShape = Object.freeze([...fields.targetShape]);
    this.classNames = fields.classNames && Object.freeze([...fields.classNames]);
    this.featureNames = fields.featureNames && Object.freeze([...fields.featureNames]);
    this.targetName = fields.targetName;
    Object.freeze(this);
  }

  /**
   * A data set from arrays, which are copied. Integer arrays, and number[] without a negative or a fraction, are class
   * indices; string[] are class names, numbered in sorted order; Float32Array, other number[] and number[][] are
   * numbers to predict. A Float32Array may hold several numbers a row, row after row: then `features` are nested lists,
   * or `shape` is given, so that the rows can be counted.
   *
   * Another data set's rows with weights: `Dataset.from({ ...data, weights })`.
   *
   * @throws ShapeError when lengths and shapes don't fit; DataError when there are no rows, a number isn't finite, a
   * weight is negative or a label isn't one of the classes
   */
  static from(source: DatasetSource): Dataset {
    const name = source.name ?? "";
    const where = name ? `Dataset "${name}"` : "Dataset";
    const rows = countRows(source);
    if (rows === 0) {
      const remedy = !source.features?.length ? "Give at least one row." : "Give one label per row of features.";
      throw new DataError(`${where}: there are no labels, so there are no rows. ${remedy}`);
    }
    const { values, shape } = readFeatures(where, source.features, rows, source.shape);
    const { featureNames } = source;
    if (featureNames && featureNames.length !== sizeOf(shape)) {
      throw new ShapeError(`${where}: ${featureNames.length} featureNames for samples of ${sizeOf(shape)} numbers.`);
    }
    requireFinite(`${where}: features`, values, sizeOf(shape), featureNames);
    const targets = readLabels(where, source.labels, source.classNames, rows);
    return new Dataset({
      name,
      rows,
      shape,
      features: values,
      ...targets,
      weights: source.weights && readWeights(where, source.weights, rows),
      featureNames,
      targetName: source.targetName,
    });
  }

  /** Number of classes; undefined when labels are numbers to predict. */
  get classes(): number | undefined {
    return this.classNames?.length;
  }

  /**
   * A copy of some rows, in the order given; a row may be taken more than once. Classes keep their names and numbers,
   * rows their weights.
   *
   * @param rows - row numbers from 0
   * @throws DataError when `rows` is empty; ArgumentError when a row doesn't exist
   */
  take(rows: ArrayLike<number>): Dataset {
    if (rows.length === 0) throw new DataError("take: no rows were asked for; a data set needs at least one.");
    const size = sizeOf(this.shape);
    const width = sizeOf(this.targetShape);
    const features = new Float32Array(rows.length * size);
    const labels = this.classNames ? new Uint32Array(rows.length) : new Float32Array(rows.length * width);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (!Number.isInteger(row) || row < 0 || row >= this.rows) {
        throw new ArgumentError(`take: row ${row} doesn't exist; rows are integers from 0 to ${this.rows - 1}.`);
      }
      features.set(this.features.subarray(row * size, (row + 1) * size), i * size);
      labels.set(this.labels.subarray(row * width, (row + 1) * width), i * width);
    }
    const weights = this.weights && Float32Array.from(rows, (row) => this.weights![row]);
    return new Dataset({ ...this, rows: rows.length, features, labels, weights });
  }

  /**
   * The same rows and labels with other features, such as scaled ones.
   *
   * @param features - [rows, ...shape], copied
   * @throws ShapeError when the length differs; DataError when a number isn't finite
   */
  withFeatures(features: Float32Array): Dataset {
    if (features.length !== this.features.length) {
      const expected = formatShape([this.rows, ...this.shape]);
      throw new ShapeError(
        `withFeatures: must be ${expected}, ${this.features.length} numbers, got ${features.length}.`,
      );
    }
    requireFinite("withFeatures", features, sizeOf(this.shape), this.featureNames);
    return new Dataset({ ...this, features: new Float32Array(features) });
  }

  /**
   * Random parts that share no row: test has round(rows * test) rows, validation round(rows * validation), train the
   * rest. With `stratify`, classes keep their proportions (largest remainder).
   *
   * @throws ArgumentError for fractions outside (0, 1); DataError when a part would be empty, or when `stratify` meets
   * labels that aren't classes
   */
  split(options: SplitOptions & { validation: number }): Split<Dataset>;
  split(options: SplitOptions & { validation?: undefined }): Split<undefined>;
  split(options: SplitOptions): Split;
  split({ test, validation, stratify = false, seed = 0 }: SplitOptions): Split {
    const parts = splitRows(this.rows, { test, validation, seed }, stratify ? this.#strata("split") : undefined);
    return {
      train: this.take(parts.train),
      test: this.take(parts.test),
      validation: validation === undefined ? undefined : this.take(parts.validation),
    };
  }

  /**
   * Row numbers for cross-validation: each row is held out in exactly one fold; fold sizes differ by one at most.
   *
   * @throws ArgumentError when `folds` isn't an integer from 2 up; DataError when there are fewer rows than folds, or
   * when `stratify` meets labels that aren't classes
   */
  kFold({ folds, stratify = false, seed = 0 }: { folds: number; stratify?: boolean; seed?: number }): Fold[] {
    return foldRows(this.rows, { folds, seed }, stratify ? this.#strata("kFold") : undefined);
  }

  /**
   * Class indices as numbers to predict: [rows, classes], 1 at the row's class and 0 elsewhere.
   *
   * @throws DataError when labels aren't classes
   */
  oneHot(): Dataset {
    const { labels, classes } = this.#strata("oneHot");
    const targets = new Float32Array(this.rows * classes);
    for (let row = 0; row < this.rows; row++) targets[row * classes + labels[row]] = 1;
    return new Dataset({ ...this, labels: targets, targetShape: [classes], classNames: undefined });
  }

  #strata(method: string): Strata {
    if (this.labels instanceof Uint32Array && this.classNames) {
      return { labels: this.labels, classes: this.classNames.length };
    }
    const remedy = method === "oneHot" ? "They are numbers already." : "Leave stratify out.";
    throw new DataError(`${method}: needs class labels, but these labels are numbers to predict. ${remedy}`);
  }
}
