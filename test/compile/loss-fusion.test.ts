import { expect, test } from "vitest";
import { fuseLosses } from "../../src/compile/loss-fusion.js";
import { gradients } from "../../src/graph/gradients.js";
import { ancestors, type Tensor, variable } from "../../src/graph/tensor.js";
import { batchMean, batchMeanOp, batchSum, correct, record, takeBatch } from "../../src/ops/batch.js";
import { softmaxCrossEntropy } from "../../src/ops/cross-entropy.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { subtract } from "../../src/optimizers/subtract.js";

const BATCH = 8;

/** A step that records the loss and the correct rows, and changes the logits. */
interface Step {
  classes?: number;
  labels?: (taken: Tensor) => Tensor;
  recorded?: (losses: Tensor) => Tensor;
  trained?: (loss: Tensor) => Tensor;
  counted?: (correct: Tensor) => Tensor;
  smoothing?: { recorded: number; trained: number };
}

function step({
  classes = 3,
  labels = (taken) => taken,
  recorded = (losses) => batchMean(losses),
  trained = (loss) => loss,
  counted = (rows) => batchSum(rows),
  smoothing = { recorded: 0, trained: 0 },
}: Step) {
  const given = labels(takeBatch(variable("labels", [20], "u32"), variable("order", [20], "u32"), { batch: BATCH }));
  const logits = variable("logits", [BATCH, classes]);
  const results = variable("results", [1, 2, 2]);
  const loss = recorded(softmaxCrossEntropy(logits, given, smoothing.recorded));
  // The mean of other losses, over the same rows with the same weights.
  const [, weights, rows] = loss.inputs;
  const other = softmaxCrossEntropy(logits, given, smoothing.trained);
  const same = smoothing.trained === smoothing.recorded;
  const mean = same ? loss : batchMeanOp(other, weights, rows, { start: 0, batch: BATCH });
  const [slope] = gradients(trained(mean), [logits], (a, b) => add(a, b));
  const outputs = [
    record(results, loss, 0),
    record(results, counted(correct(logits, given)), 1),
    subtract(logits, slope, 0),
  ];
  const fused = ancestors(fuseLosses(outputs)).filter(({ op }) => op.name === "fusedSoftmaxCrossEntropy");
  return fused.map(({ attributes }) => attributes);
}

test("loss, correct rows and gradient become one op, which knows their slots", () => {
  expect(step({})).toEqual([{ smoothing: 0, lossSlot: 0, correctSlot: 1 }]);
  expect(step({ smoothing: { recorded: 0.1, trained: 0.1 } })).toEqual([
    { smoothing: 0.1, lossSlot: 0, correctSlot: 1 },
  ]);
});

test.each<[string, Step]>([
  ["more than 65,536 logits", { classes: 8193 }],
  ["labels that aren't the step's rows", { labels: () => variable("others", [BATCH], "u32") }],
  ["a loss of part of a batch", { recorded: (losses) => batchMean(losses, { batch: 2 * BATCH }) }],
  ["a gradient of the loss times a number", { trained: (loss) => mul(loss, 0.5) }],
  ["a gradient of another smoothing", { smoothing: { recorded: 0, trained: 0.1 } }],
])("%s stays as it is", (_, changed) => {
  expect(step(changed)).toEqual([]);
});

test("the number of correct rows of part of a batch is recorded by itself", () => {
  expect(step({ counted: (rows) => batchSum(rows, { batch: 2 * BATCH }) })).toEqual([
    { smoothing: 0, lossSlot: 0, correctSlot: -1 },
  ]);
});

test("65,536 logits are few enough", () => {
  expect(step({ classes: 8192 })).toHaveLength(1);
});
