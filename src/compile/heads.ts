import { ancestors, type Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { softmaxCrossEntropyHead } from "../ops/cross-entropy.js";
import { isLiteral } from "./groups.js";

/** A batch's loss is worked on by a single workgroup; beyond so many logits many would be faster. */
const MOST_LOGITS = 65536;

/**
 * Finds the loss, the hits and the logits' gradient of a training step with softmax cross-entropy, and puts one op in
 * their place: an output tensor's replacement by itself. The loss must be the batch's mean, as `batchMean` writes it.
 */
export function fuseHead(outputs: readonly Tensor[]): Map<Tensor, Tensor> {
  const replaced = new Map<Tensor, Tensor>();
  for (const gradient of ancestors(outputs)) {
    if (gradient.op.name !== "softmaxCrossEntropyGradient" || !isMeanWeight(gradient.inputs[2])) continue;
    const [logits, labels] = gradient.inputs;
    // One label a row, straight from the data set: under another shape the rows would be others.
    if (labels.op.name !== "takeBatch" || logits.shape.length !== 2 || logits.size > MOST_LOGITS) continue;
    const same = (tensor: Tensor) => tensor.inputs[0] === logits && tensor.inputs[1] === labels;
    const { smoothing } = gradient.attributes as { smoothing: number };
    const loss = outputs.find((output) => {
      const value = output.op.name === "record" && batchMeanOf(output.inputs[1]);
      const matches = value && value.op.name === "softmaxCrossEntropy" && same(value);
      return matches && value.attributes.smoothing === smoothing;
    });
    if (!loss) continue;
    const hits = outputs.find((output) => {
      const value = output.op.name === "record" && batchSumOf(output.inputs[1]);
      return value && value.op.name === "correct" && same(value) && output.inputs[0] === loss.inputs[0];
    });
    const [data, order] = labels.inputs;
    const head = softmaxCrossEntropyHead(loss.inputs[0], logits, data, order, {
      smoothing,
      lossSlot: loss.attributes.slot as number,
      hitsSlot: hits ? (hits.attributes.slot as number) : -1,
    });
    Object.assign(head, { scope: "loss", id: gradient.id });
    replaced.set(gradient, head).set(loss, head);
    if (hits) replaced.set(hits, head);
  }
  return replaced;
}

const made = (tensor: Tensor, op: string): readonly Tensor[] | undefined => {
  const base = viewBase(tensor);
  return base.op.name === op ? base.inputs : undefined;
};

/** Those of a whole batch. */
const isRowWeights = (tensor: Tensor): boolean => {
  const { op, attributes } = viewBase(tensor);
  return op.name === "rowWeights" && attributes.start === 0;
};

/** x of `batchSum(x)`: Σ x w */
function batchSumOf(tensor: Tensor): Tensor | undefined {
  const product = made(made(tensor, "sum")?.[0] ?? tensor, "mul");
  return product && isRowWeights(product[1]) ? viewBase(product[0]) : undefined;
}

/** Σ w: the number of rows that exist */
function isRowCount(tensor: Tensor): boolean {
  const summed = made(tensor, "sum");
  return summed !== undefined && isRowWeights(summed[0]);
}

/** x of `batchMean(x)`: Σ x w / Σ w */
function batchMeanOf(tensor: Tensor): Tensor | undefined {
  const quotient = made(tensor, "div");
  return quotient && isRowCount(quotient[1]) ? batchSumOf(quotient[0]) : undefined;
}

const isOne = (tensor: Tensor): boolean => isLiteral(tensor) && (tensor.attributes.values as Float32Array)[0] === 1;

/** Whether this is the gradient that `batchMean` hands to each row: w / Σ w */
function isMeanWeight(tensor: Tensor): boolean {
  const product = made(tensor, "mul");
  const repeated = product && isRowWeights(product[1]) && made(product[0], "broadcastTo");
  const quotient = repeated && made(repeated[0], "div");
  return Boolean(quotient && isOne(quotient[0]) && isRowCount(quotient[1]));
}
