import { ancestors, inScope, isVariable, type Tensor } from "../graph/tensor.js";
import { batchMeanGradientOp, batchMeanOp, batchSumOp, correct, recordOp, takeBatch } from "../ops/batch.js";
import { crossEntropyGradientOp, crossEntropyOp, softmaxCrossEntropyHead } from "../ops/cross-entropy.js";
import { all, any, literal, type Matched, madeBy, where } from "./pattern.js";
import { rewrite } from "./rewrite.js";

/*
 * The loss fusion: softmax cross-entropy's loss, hits and gradient of a training step become one op.
 */

/** A batch's loss is worked on by a single workgroup; beyond so many logits many would be faster. */
const MOST_LOGITS = 65536;

const results = all(any("results"), where(isVariable));
const logits = all(
  any("logits"),
  where(({ shape, size }) => shape.length === 2 && size <= MOST_LOGITS),
);
/** One a row, straight from the data set: under another shape the rows would be others. */
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
const HITS = madeBy(recordOp, results, all(ofWholeBatch, madeBy(batchSumOp, madeBy(correct, logits, labels))));

/**
 * Finds training steps with softmax cross-entropy, and puts one op in the place of those that record the loss and the
 * number of hits and make the logits' gradient. The loss must be the mean over the batch.
 */
export function fuseLosses(outputs: readonly Tensor[]): readonly Tensor[] {
  const fused = new Map<Tensor, Fused>();
  for (const gradient of ancestors(outputs)) {
    const found = GRADIENT(gradient, {});
    if (!found) continue;
    const { smoothing } = gradient.attributes;
    const isLoss = (output: Tensor) => LOSS(output, found)?.losses.attributes.smoothing === smoothing;
    const loss = outputs.find(isLoss);
    const hits = loss && outputs.find((output) => HITS(output, { ...found, results: loss.inputs[0] }));
    if (loss) {
      const replacement = new Fused(found, gradient, loss, hits);
      for (const replaced of [gradient, loss, ...(hits ? [hits] : [])]) fused.set(replaced, replacement);
    }
  }
  return fused.size > 0 ? rewrite(outputs, (tensor, _, of) => fused.get(tensor)?.in(of)).outputs : outputs;
}

/** The op that takes the place of several, made where the first of them stands. */
class Fused {
  #made: Tensor | undefined;

  constructor(
    private readonly found: Matched,
    private readonly gradient: Tensor,
    private readonly loss: Tensor,
    private readonly hits: Tensor | undefined,
  ) {}

  in(of: (tensor: Tensor) => Tensor): Tensor {
    const { logits, data, order } = this.found;
    const slotOf = (record: Tensor | undefined) => (record ? (record.attributes.slot as number) : -1);
    this.#made ??= inScope("loss", () =>
      softmaxCrossEntropyHead(of(this.loss.inputs[0]), of(logits), of(data), of(order), {
        smoothing: this.gradient.attributes.smoothing as number,
        lossSlot: slotOf(this.loss),
        hitsSlot: slotOf(this.hits),
      }),
    );
    return this.#made;
  }
}
