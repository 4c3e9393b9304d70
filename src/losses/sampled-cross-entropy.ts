import { ArgumentError } from "../core/errors.js";
import { checkCount, checkList, optionsOf } from "../core/options.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { softmaxCrossEntropy as crossEntropyOf } from "../ops/cross-entropy.js";
import { drawClasses } from "../ops/draw-classes.js";
import { add, equal, mul, select, sub } from "../ops/elementwise.js";
import { concatenate, gather } from "../ops/indexing.js";
import { reshape, transpose, transposeOp } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { countUp } from "../ops/one-hot.js";
import { sum } from "../ops/reduce.js";
import type { Loss } from "./loss.js";
import { tokenCrossEntropy } from "./token-cross-entropy.js";

const NAME = "sampledCrossEntropy";

/** Options of `sampledCrossEntropy`. */
export interface SampledCrossEntropyOptions {
  /** Classes that are drawn for each batch, of which one may come several times; 1,024. */
  samples?: number;
  /**
   * The classes' chances to be drawn: "logUniform", ln(1 + 1 / (1 + class)), for classes in the order of their frequency, as
   * `words` and `bytePairs` number them; "uniform"; or a weight for each, such as its count. "logUniform".
   */
  distribution?: "logUniform" | "uniform" | readonly number[];
  /** The label of places that don't count, such as padding: 2^32 - 1, the largest of a Uint32Array. */
  ignore?: number;
}

/**
 * Softmax cross-entropy over many classes, trained on a sample of them (Bengio, Senécal, 2008; Jean et al., 2015), as
 * tf.nn.sampled_softmax_loss with draws that may repeat: -log softmax(z - ln(S q))[label] over the label and S classes drawn
 * with the chances q, the label left out among them. The work and memory of a step are those of S + 1 classes. Evaluation is
 * over all classes, and so are metrics, those of training as well: give none where the vocabulary is large. For labels of rows
 * or of tokens, and a model that ends in dense() without an activation, or tiedDense().
 *
 * Draws come from the run's seed, counter by counter: the same on every backend. The loss of training is that over the sample,
 * which is less than that over all classes.
 *
 * @throws ArgumentError when options don't fit; from `new Trainer`, when the classes are no more than the samples; from `fit`, when the model ends in something else, ShapeError or
 * DataError when labels don't fit
 */
export function sampledCrossEntropy(options: SampledCrossEntropyOptions = {}): Loss {
  const { samples, distribution, ignore } = optionsOf(NAME, options, {
    samples: 1024,
    distribution: "logUniform" as const,
    ignore: 2 ** 32 - 1,
  });
  checkCount(`${NAME}: samples`, samples);
  if (distribution !== "logUniform" && distribution !== "uniform") {
    const example = 'distribution: "logUniform", "uniform" or a weight of 0 or more for each class';
    checkList(`${NAME}: distribution`, distribution, example, (weight) => Number.isFinite(weight) && weight >= 0);
  }
  const loss: Loss = {
    ...tokenCrossEntropy({ ignore }),
    config: { loss: NAME, samples, distribution, ignore },
    checkOutputs,
    inTraining: (source) => ({
      ...loss,
      perRow: (outputs, labels) =>
        overSample(outputs, labels, { samples, limits: limitsOf(distribution, outputs.shape.at(-1)!), source }),
    }),
  };
  /** @throws ArgumentError when the classes are too few to draw from, or have other weights */
  function checkOutputs(classes: number): void {
    if (samples >= classes) {
      throw new ArgumentError(
        `${NAME}: draws ${samples} of ${classes} classes, which all of them are no more work than. Take ` +
          "tokenCrossEntropy(), or fewer samples.",
      );
    }
    if (typeof distribution !== "string" && distribution.length !== classes) {
      throw new ArgumentError(
        `${NAME}: distribution has ${distribution.length} weights for ${classes} classes. Give one for each.`,
      );
    }
  }
  return loss;
}

const WORDS = 2 ** 32;

/** Of each class, the share of random words up to and with it, times 2^32. */
function limitsOf(
  distribution: Required<SampledCrossEntropyOptions>["distribution"],
  classes: number,
): Uint32Array<ArrayBuffer> {
  const weights = typeof distribution === "string" ? undefined : distribution;
  const total = weights?.reduce((sofar, weight) => sofar + weight, 0) ?? 1;
  let sofar = 0;
  const share = (upTo: number) => {
    if (weights) {
      sofar += weights[upTo];
      return sofar / total;
    }
    return distribution === "uniform" ? (upTo + 1) / classes : Math.log(upTo + 2) / Math.log(classes + 1);
  };
  return Uint32Array.from({ length: classes }, (_, upTo) => Math.min(WORDS - 1, Math.round(share(upTo) * WORDS)));
}

/** Logarithm of how often each class is expected among the samples, by its share of random words. */
const logExpected = (limits: Uint32Array, samples: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(limits, (limit, i) => {
    const from = i === 0 ? 0 : limits[i - 1];
    const words = (i === limits.length - 1 ? WORDS : limit) - from;
    return Math.log((samples * Math.max(words, 1)) / WORDS);
  });

/** Logit of what can't be chosen. */
const NO_LOGIT = -1e30;

/** Cross-entropy of labels over themselves and the classes that are drawn: of the labels' shape. */
function overSample(
  outputs: Tensor,
  labels: Tensor,
  { samples, limits, source }: { samples: number; limits: Uint32Array<ArrayBuffer>; source: number },
): Tensor {
  const { x, rows, bias } = lastProduct(outputs);
  const classes = limits.length;
  const count = labels.size;
  const own = reshape(labels, [count]);
  const drawn = drawClasses(constant(limits, [classes]), { samples, source });
  const expected = constant(logExpected(limits, samples), [classes]);
  const numbers = countUp(classes);
  const corrected = (logits: Tensor, ids: Tensor) => {
    const whole = bias ? add(logits, gather(bias, ids)) : logits;
    return sub(whole, gather(expected, ids));
  };
  const ofLabels = corrected(sum(mul(x, gather(rows, own)), -1), own);
  const ofDrawn = corrected(matmul(x, transpose(gather(rows, drawn))), drawn);
  const areLabels = equal(reshape(gather(numbers, own), [count, 1]), gather(numbers, drawn));
  const logits = concatenate([reshape(ofLabels, [count, 1]), select(areLabels, NO_LOGIT, ofDrawn)], -1);
  return reshape(crossEntropyOf(logits, constant(new Uint32Array(count), [count])), labels.shape);
}

/** The product that logits are: of x [rows, features] with a row of features for each class, and a bias of each. */
function lastProduct(logits: Tensor): { x: Tensor; rows: Tensor; bias?: Tensor } {
  const last = viewBase(logits);
  const [sum, bias] = last.op === add.op && last.inputs[1].shape.length === 1 ? last.inputs : [last];
  const product = viewBase(sum);
  if (product.op !== matmul.op || product.inputs.some(({ shape }) => shape.length !== 2)) {
    throw new ArgumentError(
      `${NAME}: the model must end in dense() without an activation, or in tiedDense(), so that the logits of a part of the ` +
        `classes can be worked out; its last op is ${last.title}. Change the end, or take tokenCrossEntropy().`,
    );
  }
  const [x, weight] = product.inputs;
  return { x, rows: weight.op === transposeOp.op ? weight.inputs[0] : transpose(weight), bias };
}
