import type { Values } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";

/** A data set's labels, as losses see them: whole numbers with `targetShape` [], or floats [rows, ...targetShape]. */
export interface Labels {
  readonly labels: Uint32Array | Float32Array;
  readonly targetShape: Shape;
  /** Number of classes, or one more than the largest whole number; undefined for floats. */
  readonly classes: number | undefined;
  /** "integers": whole numbers that the loss decides on, class indices or numbers. "classes" where absent. */
  readonly labelKind?: "classes" | "integers" | "numbers";
}

/**
 * Targets as the device wants them: class indices [rows] of u32, or floats [rows, outputs]; of several places of a row, each
 * with classes of its own, [rows, places] and [rows, places, classes].
 */
export interface Targets {
  shape: Shape;
  values: Values;
  /** Of floats: true if the targets of a row are shares of classes, the largest that of the row's class; else one each. */
  multiclass?: boolean;
  /** Share of each row in the divisor of the sum of losses, [rows], or of each of its places, [rows, places]; 1 by default. */
  divisors?: Float32Array;
  /**
   * Weights within a row, 0 for what is unknown: [rows, targets] for the losses that `Loss.elements` gives, or [rows] for
   * whole rows; 1 where absent. Loss and metrics are then means weighted with these too.
   */
  weights?: Float32Array;
}

/**
 * Function that training minimises: over a data set with sample weights w, the weighted mean Σᵢ wᵢ lossᵢ / Σᵢ wᵢ. So a row of
 * weight 2 counts as if it stood there twice, one of weight 0 as if it didn't, and only the ratios of weights matter. A
 * batch of b rows takes Σ wᵢ lossᵢ / (b w̄), with w̄ the mean weight of the whole data set: its gradient is unbiased
 * whatever rows meet in it, also in a short last batch, whose b are the rows that exist. (Keras divides by b alone: the
 * same where w̄ is 1, as it is for balanced class weights.) Metrics are weighted alike.
 */
export interface Loss {
  /** The loss's name and options, as a saved model keeps them. */
  readonly config: { loss: string } & Record<string, unknown>;
  /**
   * Labels that the loss is for: "classes"; "numbers", with class labels as 0 and 1 among them; or "counts", which may not
   * be shifted or scaled. Default "numbers".
   */
  readonly labels?: "classes" | "numbers" | "counts";
  /** Whether the model needs an output for each class, also for two classes; else one output says yes or no. Default false. */
  readonly outputPerClass?: boolean;
  /** Of one output that means yes or no, as `probabilities` gives it: above this it means yes; a half where absent. */
  readonly boundary?: number;
  /**
   * @param outputs - numbers that the model puts out for a row
   * @param each - those of the last axis: of [places, labels], the labels; all where absent
   * @throws ArgumentError when a model that puts out so many numbers has nothing to learn from this loss
   */
  checkOutputs?(outputs: number, each?: number): void;
  /** Whether a label marks what doesn't count: of classes, one that needn't be a class. */
  ignores?(label: number): boolean;
  /** Whether `probabilities` gives probabilities of classes or labels. Default false. */
  readonly isProbabilistic?: true;
  /**
   * The labels as this loss wants them for a model that puts out [batch, outputs].
   *
   * @throws DataError or ShapeError when they don't fit
   */
  encode(labels: Labels, outputs: number): Targets;
  /**
   * The loss of the best outputs that are the same for every row, such as class frequencies or the mean: what a model has to
   * beat. Undefined where that isn't known; `weights` are those of the rows, [rows].
   */
  guess(targets: Targets, outputs: number, weights?: ArrayLike<number>): number | undefined;
  /**
   * Loss of each row, [batch], of outputs [batch, outputs]. One of classes is of the last axis: of outputs [batch, places,
   * classes] it gives [batch, places].
   */
  perRow(outputs: Tensor, targets: Tensor): Tensor;
  /**
   * Loss of each target, [batch, targets], where the loss of a row is their mean: of such a loss, single targets of a row
   * can be left out (see `masked`).
   */
  elements?(outputs: Tensor, targets: Tensor): Tensor;
  /**
   * The loss as training takes it, where it is drawn at random: of `perRow` and `elements` that read a part of the outputs.
   *
   * @param source - number of a source of random numbers of its own
   */
  inTraining?(source: number): Loss;
  /** One number for each target, [batch, targets], as metrics compare it; the outputs as they are where absent. */
  estimate?(outputs: Tensor): Tensor;
  /**
   * Outputs on the targets' scale, in the same shape: as probabilities or rates, where the loss gives them that
   * meaning; else as they are.
   */
  probabilities(outputs: Tensor): Tensor;
}
