import { describe, test } from "vitest";
import { fusedSoftmaxCrossEntropy } from "../../src/ops/cross-entropy.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { expectClose } from "../tolerance.js";
import { byName } from "./cases-step.js";
import { literal, words } from "./data.js";
import { runOp } from "./run.js";

/*
 * The gradient of a label's logit is p - 1, p being its probability. Near 1 the difference of float32 (and further out that
 * of float64) has no digits left; the sum of the other probabilities has them all.
 */

const device = useDevices();

/** Rows of logits whose label, the first class, leads by so much. */
const LEADS = [0.5, 4, 9, 16, 30, 45];
const CLASSES = 4;
const rows = LEADS.map((lead) => [0, 0.25 - lead, -lead, -0.5 - lead]);
const logits = literal(rows.flat(), LEADS.length, CLASSES);
const labels = words(...LEADS.map(() => 0));

/** In float64, by the odds of all other classes against the label. */
const expected = rows.map((z) => {
  const odds = z.slice(1).reduce((sum, each) => sum + Math.exp(each - z[0]), 0);
  return -odds / (1 + odds);
});

function expectEach(gradient: ArrayLike<number>, factor: number): void {
  LEADS.forEach((lead, row) => {
    expectClose([gradient[row * CLASSES]], [expected[row] * factor], {
      terms: 2 * CLASSES,
      functions: ["exponential", "division"],
      argument: 2 * lead,
      what: `the gradient at a lead of ${lead}`,
    });
  });
}

describe.each(BACKENDS)("on %s the gradient of a label that is all but certain keeps its digits", (backend) => {
  test("by itself", async () => {
    const dy = literal(LEADS.map(() => 1));
    const [gradient] = await runOp(
      device(backend),
      (...inputs) => [byName("softmaxCrossEntropyGradient", inputs, { smoothing: 0 })],
      [logits, labels, dy],
    );
    expectEach(gradient, 1);
  });

  test("in a step", async () => {
    const slots = { smoothing: 0, lossSlot: 0, correctSlot: -1 };
    const order = words(...LEADS.map((_, row) => row));
    const [gradient] = await runOp(
      device(backend),
      (...[results, z, y, places]) => [fusedSoftmaxCrossEntropy(results, z, y, places, slots)],
      [literal([0, 0], 1, 1, 2), logits, labels, order],
      [{ first: 0, rows: LEADS.length }],
    );
    expectEach(gradient, 1 / LEADS.length);
  });
});
