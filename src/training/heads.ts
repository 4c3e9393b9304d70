import type { Values } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import { checkList, checkOptions } from "../core/options.js";
import { AT_LEAST_0, checkNumbers } from "../core/ranges.js";
import { sizeOf } from "../core/shape.js";
import { variable } from "../graph/tensor.js";
import type { Loss, Targets } from "../losses/index.js";
import { ofOutput } from "../losses/places.js";
import type { Model, SavedHead } from "../model/model.js";
import { type Metric, metricOf } from "./metrics.js";

/** An output of a model, and what is asked of it. */
export interface Head {
  /** The output's name; "" for the only one. */
  name: string;
  /** Numbers that it puts out for a row. */
  outputs: number;
  loss: Loss;
  /** Factor of its loss in the sum that is minimised. */
  weight: number;
  metrics: readonly Metric[];
  /** Numbers of a row that metrics compare with its targets. */
  targets: number;
  /** Variance of each target over the rows that are scored, where a metric asks for it. */
  variances?: readonly number[];
  /** Of sequences with a mask: targets with weights of 0 for the places that it leaves out, by the features of their rows. */
  weigh?(targets: Targets, features: Float32Array<ArrayBuffer>): Targets;
}

/** Options of `new Trainer` that ask something of the outputs. */
export interface HeadOptions {
  /** The loss that is minimised; of a model with several outputs, by name: { digit: softmaxCrossEntropy(), ... }. May be left out for a loaded model that was saved with its loss; likewise the following. */
  loss?: Loss | Readonly<Record<string, Loss>>;
  /** Of a model with several outputs, by name: what each loss is multiplied with in the sum that is minimised; 1. */
  lossWeights?: number | Readonly<Record<string, number>>;
  /**
   * Reported beside the loss: "accuracy", "subsetAccuracy", "r2", "meanSquaredError", "rootMeanSquaredError",
   * "meanAbsoluteError", `topK(k)`, or others written with ops. Of a model with several outputs for each of them, or by name.
   */
  metrics?: readonly (string | Metric)[] | Readonly<Record<string, readonly (string | Metric)[]>>;
}

/** The name of a head's own `what`: that alone for the only output. */
export const nameOf = ({ name }: Pick<Head, "name">, what: string): string => (name ? `${what}.${name}` : what);

const isLoss = (loss: unknown): loss is Loss => typeof (loss as Loss | undefined)?.perRow === "function";

/** Members that each loss has beside `perRow`. */
const MEMBERS = ["config", "encode", "guess", "probabilities"] as const satisfies readonly (keyof Loss)[];

/**
 * A model's outputs with losses and metrics, from a trainer's options or else from what was saved with the model.
 *
 * @throws ArgumentError when an output has no loss, a name is none of an output's, or a loss or metric doesn't fit
 */
export function headsOf(model: Model, { loss, lossWeights, metrics }: HeadOptions): Head[] {
  const { outputs, training } = model;
  const isOnly = outputs.length === 1;
  return outputs.map(({ name, shape }): Head => {
    const before: SavedHead = (isOnly ? training : training?.heads?.[name]) ?? {};
    /** The value of an option for this output: all of it, where it isn't by name. */
    const of = <T>(what: string, given: unknown, isWhole: boolean): T | undefined => {
      if (given === undefined || isWhole || (isOnly && typeof given !== "object")) return given as T | undefined;
      checkOptions(
        `Trainer: ${what}`,
        given as object,
        Object.fromEntries(outputs.map((each) => [each.name, true])) as never,
      );
      return (given as Record<string, T>)[name];
    };
    const own = of<Loss>("loss", loss, isLoss(loss)) ?? before.loss;
    if (!isLoss(own) || (isLoss(loss) && !isOnly)) {
      const each = outputs.map((output) => `${output.name}: ...`).join(", ");
      throw new ArgumentError(
        isOnly
          ? "Trainer: needs a loss, such as softmaxCrossEntropy() or customLoss(yours)."
          : `Trainer: the output "${name}" has no loss of its own. Give each one: loss: { ${each} }.`,
      );
    }
    const lacking = MEMBERS.find((member) => own[member] === undefined);
    if (lacking) throw new ArgumentError(`Trainer: the loss has no ${lacking}. Make it with customLoss(yours).`);
    const weight = of<number>("lossWeights", lossWeights, typeof lossWeights === "number") ?? before.lossWeight ?? 1;
    checkNumbers("Trainer", AT_LEAST_0, { lossWeights: weight });
    const ofShape = ofOutput(own, shape);
    ofShape.checkOutputs?.(sizeOf(shape));
    const named = of<readonly (string | Metric)[]>("metrics", metrics, Array.isArray(metrics)) ?? before.metrics ?? [];
    checkList("Trainer: metrics", named, 'metrics: ["accuracy"]', metricOf);
    const distinct = [...new Set(named.map(metricOf))];
    const names = [...TAKEN, ...distinct.map((metric) => metric.name)];
    const twice = names.find((name, place) => names.indexOf(name) < place);
    if (twice)
      throw new ArgumentError(`Trainer: two scores are called "${twice}". Give each metric a name of its own.`);
    const size = sizeOf(shape);
    const [, targets] = own.estimate?.(variable("outputs", [1, size])).shape ?? [1, size];
    return { name: isOnly ? "" : name, outputs: size, loss: ofShape, weight, metrics: distinct, targets };
  });
}

/** Names that records have for something else. */
const TAKEN = "loss epoch step learningRate seconds validation training".split(" ");

/** Heads with what their metrics ask for of the data at hand, as `encode` has them. */
export const scoredHeads = async (heads: readonly Head[], data: Readonly<Record<string, Values>>): Promise<Head[]> =>
  heads.some(({ metrics }) => metrics.some(({ finishTargets }) => finishTargets))
    ? (await import("./variances.js")).withVariances(heads, data)
    : [...heads];

/** Loads what built-in metrics are made of, and which places of sequences count: before data are encoded. */
export async function prepareHeads({ model, heads }: { model: Model; heads: readonly Head[] }): Promise<void> {
  if (heads.some((head) => head.metrics.some(({ perRow }) => !perRow))) {
    (await import("./metric-formulas.js")).completeMetrics();
  }
  if (model.outputs.some(({ shape }) => shape.length > 1)) {
    await (await import("./shown-places.js")).findShown(model, heads);
  }
}

/** Slots of a metric: one, or one for each target. */
export const slotsOf = ({ targets }: Head, { finishTargets }: Metric): number => (finishTargets ? targets : 1);

/** Slots of the results: a loss of each head, then the metrics of each. */
export const slotCount = (heads: readonly Head[]): number =>
  heads.reduce((slots, head) => head.metrics.reduce((all, metric) => all + slotsOf(head, metric), slots + 1), 0);
