import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { checkArgument, checkOptions, type OptionNames } from "../core/options.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import { exactOf, keepBytes, toFloat32 } from "./exact.js";
import { type Features, readFeatures, requireFinite } from "./features.js";
import { type LabelKind, type Labels, labelWarnings, readLabels } from "./labels.js";
import { isNamed, labelsOf, type Named, type NamedFeatures, type NamedLabels, readNamed } from "./named.js";
import type { Preprocessing } from "./preprocessing/preprocessing.js";
import { type Fold, foldRows, type Strata, splitRows, strataOf } from "./split.js";

/** Source of a data set; see `Dataset.from`. */
export interface DatasetSource {
  /** By name for a model of several inputs: { image, age }. */
  features: Features | Named<Features>;
  /** By name for a model of several outputs: { digit, parity }. */
  labels: Labels | Named<Labels>;
  /** Weight of each row in training and evaluation, [rows], 0 or more; only ratios of weights matter. */
  weights?: ArrayLike<number>;
  /** Shape of one sample, such as [64] or [28, 28, 1]; `features` are [rows, ...shape]. Of named features, by name. */
  shape?: Shape | Named<Shape>;
  /** Factor of features, 1 by default; pixels of bytes, `scale: 1 / 255`, stay bytes on the device. Of named ones, by name. */
  scale?: number | Named<number>;
  /** One name per class; the name of class index i is `classNames[i]`. Of named labels, by name. */
  classNames?: readonly string[] | Named<readonly string[]>;
  /** One name per number of a sample. */
  featureNames?: readonly string[];
  targetName?: string;
  name?: string;
}

/** Options of `Dataset.split`. */
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

/** Parts of a data set that share no row. */
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
  | "labelKind"
  | "classes"
  | "weights"
  | "targetShape"
  | "classNames"
  | "featureNames"
  | "targetName"
  | "warnings"
  | "preprocessing"
> &
  Partial<Pick<Dataset, "inputs" | "outputs">>;

/** `Dataset.from` takes another data set's fields as well: `Dataset.from({ ...data, weights })`. */
const SOURCE: OptionNames<DatasetSource & Fields> = {
  features: true,
  labels: true,
  weights: true,
  shape: true,
  scale: true,
  classNames: true,
  featureNames: true,
  targetName: true,
  name: true,
  rows: true,
  labelKind: true,
  classes: true,
  targetShape: true,
  warnings: true,
  preprocessing: true,
  inputs: true,
  outputs: true,
};
const SPLIT: OptionNames<SplitOptions> = { test: true, validation: true, stratify: "switch", seed: true };
const FOLD: OptionNames<{ folds: number; stratify?: boolean; seed?: number }> = {
  folds: true,
  stratify: "switch",
  seed: true,
};

/** A source without names. */
type Plain = DatasetSource & { features: Features; labels: Labels; shape?: Shape; classNames?: readonly string[] };

/** One row per label; but typed arrays may have several a row, where the features tell how many rows there are. */
function countRows({ features, labels, shape }: Plain): number {
  if (!ArrayBuffer.isView(labels)) return labels?.length ?? 0;
  const flat = ArrayBuffer.isView(features);
  const rows = flat && shape ? features.length / sizeOf(shape) : flat ? labels.length : features?.length;
  const isFloats = labels instanceof Float32Array || labels instanceof Float64Array;
  if (!isFloats && !(flat && shape)) return labels.length;
  const fits = Number.isInteger(rows) && rows > 0 && labels.length > 0 && labels.length % rows === 0;
  return fits ? rows : labels.length;
}

/** Rows of `size` numbers, with their float64 originals or bytes where they have any. */
function takeRows(values: Float32Array<ArrayBuffer>, rows: ArrayLike<number>, size: number): Float32Array<ArrayBuffer> {
  const from = exactOf(values);
  const taken = from === values ? new Float32Array(rows.length * size) : new Float64Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) taken.set(from.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  return taken instanceof Float64Array ? toFloat32(taken) : keepBytes(taken, values);
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

/** Whole numbers are classes, of which some may lack rows, when the loss takes them so. */
const ownWarnings = (targets: Parameters<typeof labelWarnings>[0]) =>
  targets.labelKind === "integers" ? [] : labelWarnings(targets);

/** Names of another data set's parts, where a row has as many numbers as they do. */
function ofSize<T>(parts: readonly T[] | undefined, shapeOf: (part: T) => Shape, size: number) {
  return parts?.reduce((sum, part) => sum + sizeOf(shapeOf(part)), 0) === size ? parts : undefined;
}

/** Samples and what to learn from them, checked once, so that training needn't. Its arrays are not to be written to. */
export class Dataset {
  readonly name: string;
  /** Number of samples. */
  readonly rows: number;
  /** Shape of one sample. */
  readonly shape: Shape;
  /** [rows, ...shape], row-major; all finite. */
  readonly features: Float32Array<ArrayBuffer>;
  /** Class indices or other whole numbers from 0, [rows] (Uint32Array), or numbers [rows, ...targetShape] (Float32Array). */
  readonly labels: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** Kind of the labels as given. Whole numbers ("integers") are class indices or numbers, as the loss takes them. */
  readonly labelKind: LabelKind;
  /** Number of classes; undefined if labels are numbers to predict. */
  readonly classes: number | undefined;
  /** Weight of each row, [rows]; undefined if all weigh alike. Scores are weighted means (see `Loss`). */
  readonly weights: Float32Array<ArrayBuffer> | undefined;
  /** [] for classes and integers, [k] for k numbers a row. */
  readonly targetShape: Shape;
  /** Names of the classes ("0", "1", ... for whole numbers); undefined when labels are numbers to predict. */
  readonly classNames: readonly string[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly targetName: string | undefined;
  /** Warnings on the data, such as a class that never occurs, in sentences. */
  readonly warnings: readonly string[];
  /** Preprocessing that made these features and labels of a table's rows; a model that is trained on them keeps it. */
  readonly preprocessing: Preprocessing | undefined;
  /** Named features in their order in a row of `features`, whose shape is [numbers]; undefined where they have no names. */
  readonly inputs: readonly NamedFeatures[] | undefined;
  /** Named labels in their order in a row of `labels`; undefined where they have no names. See `withLabels`. */
  readonly outputs: readonly NamedLabels[] | undefined;

  private constructor(fields: Fields) {
    this.name = fields.name;
    this.rows = fields.rows;
    this.shape = Object.freeze([...fields.shape]);
    this.features = fields.features;
    this.labels = fields.labels;
    this.labelKind = fields.labelKind;
    this.classes = fields.classes;
    this.weights = fields.weights;
    this.targetShape = Object.freeze([...fields.targetShape]);
    this.classNames =
      fields.classNames &&
      (Object.isFrozen(fields.classNames) ? fields.classNames : Object.freeze([...fields.classNames]));
    this.featureNames = fields.featureNames && Object.freeze([...fields.featureNames]);
    this.targetName = fields.targetName;
    this.warnings = Object.freeze([...fields.warnings]);
    this.preprocessing = fields.preprocessing;
    this.inputs = fields.inputs;
    this.outputs = fields.outputs;
    Object.freeze(this);
  }

  /**
   * A data set from arrays, which are copied. string[] and boolean[] are classes, numbered in sorted order. Whole
   * numbers
   * from 0 (integer arrays, or number[]) are class indices for a loss of classes and numbers for a loss of numbers;
   * with
   * `classNames` they are class indices. Float32Array, Float64Array, other number[] and number[][] are numbers to
   * predict, NaN where they aren't known: the loss `masked(...)` leaves these out, others refuse them. A Float32Array may hold several numbers a row, row after row: then `features` are nested lists, or `shape`
   * is given, so that the rows can be counted.
   *
   * Numbers are kept in float32, and where that rounds them in float64 as well, which `standardise` starts from.
   *
   * Another data set's rows with weights: `Dataset.from({ ...data, weights })`.
   *
   * Features and labels by name are for models of several inputs and outputs:
   * `Dataset.from({ features: { image, age }, labels: { digit, parity }, shape: { image: [28, 28, 1] } })`.
   *
   * @throws ShapeError when lengths and shapes don't fit
   * @throws DataError when there are no rows, a number isn't finite (of labels, is infinite), a
   * weight is negative or a label isn't one of the classes
   * @throws ArgumentError when an option is unknown
   */
  static from(source: DatasetSource): Dataset {
    checkArgument("Dataset.from", "{ features, labels }", source, source !== undefined);
    checkOptions("Dataset.from", source, SOURCE as OptionNames<DatasetSource>);
    const name = source.name ?? "";
    const where = name ? `Dataset "${name}"` : "Dataset";
    const { features, labels } = source;
    for (const [what, given] of Object.entries<object>({ features, labels })) {
      const isText = what === "labels" && typeof given === "string"; // of features as their rows
      const isList = typeof (given as ArrayLike<unknown> | undefined)?.length === "number" && !isText;
      checkArgument(where, `${what}: a list, a typed array, or several by name`, given, isList || isNamed(given));
    }
    if (isNamed(source.features as object) || isNamed(source.labels as object)) return Dataset.#named(where, source);
    return Dataset.#plain(where, source as Plain);
  }

  /** Features or labels by name. */
  static #named(where: string, source: DatasetSource): Dataset {
    const { parts, ...fields } = readNamed(where, source);
    const { name = "", weights, targetName } = source;
    const warnings = parts.flatMap((part) => ownWarnings(part).map((text) => `${part.name}: ${text}`));
    requireFinite(`${where}: features`, fields.features, sizeOf(fields.shape));
    return new Dataset({
      ...{ name, targetName, featureNames: undefined, preprocessing: undefined, warnings },
      ...fields,
      weights: weights && readWeights(where, weights, fields.rows),
    });
  }

  static #plain(where: string, source: Plain): Dataset {
    const name = source.name ?? "";
    const rows = countRows(source);
    if (rows === 0) {
      const remedy = !source.features?.length ? "Give at least one row." : "Give one label per row of features.";
      throw new DataError(`${where}: there are no labels, so there are no rows. ${remedy}`);
    }
    const { values, shape } = readFeatures(where, source.features, rows, source.shape, source.scale as number);
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
      warnings: [...new Set([...((source as Partial<Fields>).warnings ?? []), ...ownWarnings(targets)])],
      preprocessing: (source as Partial<Fields>).preprocessing,
      inputs: ofSize((source as Partial<Fields>).inputs, ({ shape }) => shape, sizeOf(shape)),
      outputs: ofSize((source as Partial<Fields>).outputs, (part) => part.targetShape, sizeOf(targets.targetShape)),
    });
  }

  /**
   * A data set that keeps the arrays it is given, which are known to fit each other.
   *
   * @internal
   */
  static own(fields: Fields): Dataset {
    return new Dataset(fields);
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
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (!Number.isInteger(row) || row < 0 || row >= this.rows) {
        throw new ArgumentError(`take: row ${row} doesn't exist; rows are integers from 0 to ${this.rows - 1}.`);
      }
    }
    const features = takeRows(this.features, rows, size);
    const labels =
      this.labels instanceof Uint32Array
        ? Uint32Array.from(rows, (row) => this.labels[row])
        : takeRows(this.labels, rows, width);
    const weights = this.weights && Float32Array.from(rows, (row) => this.weights![row]);
    return new Dataset({ ...this, rows: rows.length, features, labels, weights });
  }

  /**
   * The same rows and labels with other features, such as scaled ones.
   *
   * @param features - [rows, ...shape], copied
   * @param further - added to the warnings
   * @throws ShapeError when the length differs; DataError when a number isn't finite
   */
  withFeatures(features: Float32Array, further: readonly string[] = []): Dataset {
    if (features.length !== this.features.length) {
      const expected = formatShape([this.rows, ...this.shape]);
      throw new ShapeError(
        `withFeatures: must be ${expected}, ${this.features.length} numbers, got ${features.length}.`,
      );
    }
    requireFinite("withFeatures", features, sizeOf(this.shape), this.featureNames);
    const warnings = [...this.warnings, ...further];
    return new Dataset({ ...this, features: new Float32Array(features), warnings });
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
  split(options: SplitOptions): Split {
    checkArgument("split", "{ test }, the share of rows that is held out", options, options !== undefined);
    checkOptions("split", options, SPLIT);
    const { test, validation, stratify = false, seed = 0 } = options;
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
  kFold(options: { folds: number; stratify?: boolean; seed?: number }): Fold[] {
    checkOptions("kFold", options, FOLD);
    const { folds, stratify = false, seed = 0 } = options;
    return foldRows(this.rows, { folds, seed }, stratify ? this.#strata("kFold") : undefined);
  }

  /**
   * The same rows with one of the named labels alone, as if it were the only one.
   *
   * @throws ArgumentError when no label has this name
   */
  withLabels(name: string): Dataset {
    const place = this.outputs?.findIndex((each) => each.name === name) ?? -1;
    if (place < 0) {
      const named = this.outputs?.map((each) => each.name).join(", ");
      throw new ArgumentError(
        `withLabels: there are no labels "${name}"; ${named ? `the data have ${named}` : "the labels have no names"}. ` +
          `Give them to Dataset.from as labels: { ${name}: ... }.`,
      );
    }
    const targets = labelsOf(this.labels as Float32Array<ArrayBuffer>, this.outputs!, place);
    return new Dataset({ ...this, ...targets, outputs: undefined });
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
    const numbers = { labelKind: "numbers", classes: undefined, classNames: undefined } as const;
    return new Dataset({ ...this, ...numbers, labels: targets, targetShape: [classes] });
  }

  #strata(method: string): Strata {
    if (this.labels instanceof Uint32Array) return strataOf(this.labels, this.classes!);
    const remedy = method === "oneHot" ? "They are numbers already." : "Leave stratify out.";
    throw new DataError(`${method}: needs class labels, but these labels are numbers to predict. ${remedy}`);
  }
}

/** @throws ArgumentError when it isn't a data set */
export function checkDataset(where: string, data: unknown): asserts data is Dataset {
  checkArgument(where, "a Dataset, as Dataset.from({ features, labels }) gives it", data, data instanceof Dataset);
}
