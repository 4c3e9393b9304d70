import { ancestors, inScope, isVariable, type Tensor } from "../graph/tensor.js";
import { batchMeanGradientOp, batchMeanOp, batchSumOp, correct, recordOp, takeBatch } from "../ops/batch.js";
import { crossEntropyGradientOp, crossEntropyOp, fusedSoftmaxCrossEntropy } from "../ops/cross-entropy.js";
import { all, any, literal, type Matched, madeBy, where } from "./pattern.js";
import { rewrite } from "./rewrite.js";

/*
 * The loss fusion: softmax cross-entropy's loss, correct rows and gradient of a training step become one op.
 */

/** The most logits of a batch: a single workgroup takes the loss, and many would be faster for more. */
const MOST_LOGITS = 65536;

const results = all(any("results"), where(isVariable));
const logits = all(
  any("logits"),
  where(({ shape, size }) => shape.length === 2 && size <= MOST_LOGITS),
);
/** Labels of the step's rows, straight from the data set: under another shape the rows would be others. */
const labels = all(any("labels"), madeBy(takeBatch, any("data"), any("order")));
/** A mean or sum over all rows of a step's batch. */
const ofWholeBatch = where(
  ({ attributes, inputs }) => attributes.start === 0 && attributes.batch === inputs[0].shape[0],
);

const LOSS = madeBy(
  recordOp,
  results,
  all(
    ofWholeBatch,
    madeBy(batchMeanOp, all(any("losses"), madeBy(crossEntropyOp, logits, labels)), any("weights"), any("rows")),
  ),
);
const GRADIENT = madeBy(
  crossEntropyGradientOp,
  logits,
  labels,
  madeBy(batchMeanGradientOp, literal(1), any("weights"), any("rows")),
);
const CORRECT = madeBy(recordOp, results, all(ofWholeBatch, madeBy(batchSumOp, madeBy(correct, logits, labels))));

/**
 * Finds training steps with softmax cross-entropy, and puts one op in the place of those that record the mean loss and the
 * number of correct rows and make the logits' gradient.
 */
export function fuseLosses(outputs: readonly Tensor[]): readonly Tensor[] {
  const fused = new Map<Tensor, (of: (tensor: Tensor) => Tensor) => Tensor>();
  for (const gradient of ancestors(outputs)) {
    const found = GRADIENT(gradient, {});
    if (!found) continue;
    const { smoothing } = gradient.attributes;
    const loss = outputs.find((output) => LOSS(output, found)?.losses.attributes.smoothing === smoothing);
    if (!loss) continue;
    const correct = outputs.find((output) => CORRECT(output, { ...found, results: loss.inputs[0] }));
    const make = fusedLoss(found, gradient, loss, correct);
    for (const replaced of [gradient, loss, ...(correct ? [correct] : [])]) fused.set(replaced, make);
  }
  return fused.size > 0 ? rewrite(outputs, (tensor, _, of) => fused.get(tensor)?.(of)).outputs : outputs;
}

/** Makes the op that replaces the others where the first of them stands; the same one for all. */
function fusedLoss(found: Matched, gradient: Tensor, loss: Tensor, correct: Tensor | undefined) {
  let made: Tensor | undefined;
  const slotOf = (record: Tensor | undefined) => (record ? (record.attributes.slot as number) : -1);
  return (of: (tensor: Tensor) => Tensor): Tensor => {
    made ??= inScope("loss", () =>
      fusedSoftmaxCrossEntropy(of(loss.inputs[0]), of(found.logits), of(found.data), of(found.order), {
        smoothing: gradient.attributes.smoothing as number,
        lossSlot: slotOf(loss),
        correctSlot: slotOf(correct),
      }),
    );
    return made;
  };
}
