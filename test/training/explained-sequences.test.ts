import { expect, test } from "vitest";
import { Dataset, tokenDataset } from "../../src/data/index.js";
import {
  apply,
  dense,
  embedding,
  gru,
  input,
  type Layer,
  lstm,
  meanSquaredError,
  model,
  recurrent,
  rnn,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { useDevices } from "../devices/backends.js";
import { sines } from "../fixtures.js";
import { ownCells } from "../layers/own-cells.js";
import { calculate } from "./hand-calculator.js";

/* Recurrences worked by hand: every gate of every unit at every place comes from the numbers of its equation. */

const device = useDevices();
const functions = { sigmoid: (x: number) => 1 / (1 + Math.exp(-x)), relu: (x: number) => Math.max(0, x) };

/** A recurrent layer and one number of it, and two samples; where it takes first states, with these. */
function subjectOf(layer: Layer) {
  const { initialState, layer: kind } = layer.config;
  const labels = sines(2);
  if (!initialState) {
    const data = Dataset.from({ features: sines(2 * 3 * 2), labels, shape: [3, 2] });
    return { data, subject: sequential({ input: [3, 2], seed: 1 }, [layer, dense(1)]) };
  }
  const size = kind === "lstm" ? 4 : 2;
  const [x, s] = [input([3, 2], { name: "x" }), input([size], { name: "s" })];
  const data = Dataset.from({
    features: { x: sines(2 * 3 * 2), s: sines(2 * size) },
    labels,
    shape: { x: [3, 2], s: [size] },
  });
  return { data, subject: model({ inputs: [x, s], outputs: { y: apply(dense(1), apply(layer, x, s)) }, seed: 1 }) };
}

test.each<[string, Layer, Record<number, RegExp>]>([
  ["tanh", rnn(2), { 0: /^tanh\(/ }],
  ["relu", rnn(2, { activation: "relu" }), { 0: /^relu\(/ }],
  ["gru", gru(2), { 0: /^\(1 - .*\) \* tanh\(.*\) \+ /, 2: /^sigmoid\(.* \* .* \+ .* \* .*\)$/ }],
  ["gru from the end", gru(2, { reverse: true }), { 4: /^sigmoid\(/ }],
  ["gru with first states", gru(2, { initialState: true }), { 4: /^sigmoid\(/ }],
  ["lstm with first states", lstm(2, { initialState: true }), { 8: /^tanh\(/ }],
  ["a cell of one's own", recurrent(2, ownCells.minimal), { 0: /^\(1 - σ\(.*\)\) \* .* \+ σ\(.*\) \* tanh\(/ }],
  ["a cell of three states", recurrent(2, ownCells.chosen, { reverse: true }), { 4: /^max\(/ }],
  ["lstm", lstm(2), { 0: /^\S+ \* tanh\(/, 2: / \* .* \+ .* \* /, 4: /^sigmoid\(/, 8: /^tanh\(/ }],
])("%s: one cell worked out", async (_, layer, forms) => {
  const { data, subject } = subjectOf(layer);
  const setup = { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) };
  using trainer = new Trainer(subject, setup);
  const explanation = await trainer.explainStep(data);
  const step = explanation.get(`${layer.config.layer}.recurrence`);
  const [rows, time, kept] = step.shape;
  for (let row = 1; row <= rows; row++) {
    for (let t = 1; t <= time; t++) {
      for (let part = 1; part <= kept; part++) {
        const [, formula, number] =
          step.worked(row, t, part).match(/= (.*?) = (\S+)$/) ?? step.worked(row, t, part).match(/()= (\S+)$/)!;
        if (formula) {
          const { value, error } = calculate(formula, functions);
          expect(Math.abs(value - Number(number)), formula).toBeLessThanOrEqual(error + 1e-5);
        }
        const form = forms[part - 1];
        if (form && row === 1 && t === 2) expect(formula, `part ${part}`).toMatch(form);
      }
    }
  }
  expect(explanation.format()).toContain("recurrence(z1, ");
});

test("a model of text is explained whole", async () => {
  const data = tokenDataset(Uint32Array.of(0, 1, 2, 0, 1, 2, 0), { length: 3 });
  const subject = sequential({ input: [3], seed: 1 }, [embedding(3, 2), gru(2, { returnSequences: true }), dense(3)]);
  const setup = { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: sgd() };
  using trainer = new Trainer(subject, setup);
  const text = (await trainer.explainStep(data)).format();
  expect(text).toContain("gru.hiddenWeight");
  expect(text).not.toContain("undefined");
});
