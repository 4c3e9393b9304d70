import { describe, expect, test } from "vitest";
import { Dataset, padSequences } from "../../src/data/index.js";
import type { Tensor } from "../../src/graph/tensor.js";
import {
  apply,
  dense,
  embedding,
  model as functional,
  gru,
  input,
  type LayerFunction,
  type Loss,
  layerNorm,
  meanSquaredError,
  perplexity,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
  tokenCrossEntropy,
} from "../../src/index.js";
import { concatenate, slice } from "../../src/ops/indexing.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* Losses of places, of sequences that are filled up: the mean over the places that there are. */

const CLASSES = 4;
const NONE = 2 ** 32 - 1;
const sequences = [[3, 1, 4, 1, 5], [2], [5, 3, 2], [1, 2, 3, 4], [4, 4]];
const { features, shape, lengths } = padSequences(sequences);
const [time] = shape;
const labels = sequences.map((_, row) => Array.from({ length: time }, (_, t) => (row * 3 + t * t) % CLASSES));
const data = Dataset.from({ features, labels, shape });
const isThere = (place: number) => place % time < lengths[Math.floor(place / time)];
/** The same labels, of which a loss ignores what the mask leaves out, and what else is chosen. */
const ignoring = (more: (place: number) => boolean = () => false) =>
  Dataset.from({
    features,
    labels: labels.map((row, i) =>
      row.map((label, t) => (isThere(i * time + t) && !more(i * time + t) ? label : NONE)),
    ),
    shape,
  });

const device = useDevices();
const optimizer = sgd({ learningRate: 0.5 });
const network = (own: LayerFunction = (x) => x, filled: { padding?: number } = { padding: 0 }) =>
  sequential({ input: [time], seed: 3 }, [
    embedding(6, 4, { ...filled, initializer: "glorotUniform" }),
    gru(5, { returnSequences: true }),
    layerNorm(),
    own,
    dense(CLASSES),
  ]);
/** The last place first. */
const turned = (x: Tensor) => {
  const part = (from: number, count: number) => slice(x, [0, from, 0], [x.shape[0], count, x.shape[2]]);
  return concatenate([part(time - 1, 1), part(0, time - 1)], 1);
};
const trained = (backend: (typeof BACKENDS)[number], loss: Loss, net = network()) =>
  new Trainer(net, { device: device(backend), loss, optimizer, metrics: ["accuracy", perplexity()] });

describe.each(BACKENDS)("places that aren't there, on %s", (backend) => {
  test("weigh nothing in loss and metrics: the masked mean", async () => {
    using trainer = trained(backend, softmaxCrossEntropy());
    const { values } = await trainer.predict(features, { probabilities: true });
    const places = labels.flat().flatMap((label, place) => {
      const p = Array.from(values.subarray(place * CLASSES, (place + 1) * CLASSES));
      return isThere(place) ? [{ label, p }] : [];
    });
    expect(places).toHaveLength(15);
    const mean = (of: (each: (typeof places)[number]) => number) =>
      places.reduce((sum, each) => sum + of(each), 0) / places.length;
    const expected = mean(({ label, p }) => -Math.log(p[label]));
    for (const batchSize of [5, 2]) {
      const scores = await trainer.evaluate(data, { batchSize });
      expect(scores.loss).toBeCloseTo(expected, 5);
      expect(scores.perplexity).toBeCloseTo(Math.exp(expected), 4);
      expect(scores.accuracy).toBeCloseTo(
        mean(({ label, p }) => Number(p.indexOf(Math.max(...p)) === label)),
        6,
      );
    }
  });

  test("are trained as if their labels were ignored, and with ignored ones left out together, to the bit", async () => {
    const half = (place: number) => place % 2 === 0;
    const some = Dataset.from({
      features,
      labels: labels.map((row, i) => row.map((label, t) => (half(i * time + t) ? NONE : label))),
      shape,
    });
    const fit = { epochs: 2, batchSize: 2, seed: 1 };
    for (const [own, with_, ignored] of [
      [softmaxCrossEntropy(), data, ignoring()],
      [tokenCrossEntropy(), some, ignoring(half)],
    ] as const) {
      const [masked, other] = [network(), network()];
      using a = trained(backend, own, masked);
      using b = trained(backend, tokenCrossEntropy(), other);
      const history = await a.fit(with_, fit);
      expect(history.epochs.map(({ loss }) => loss)).toEqual(
        (await b.fit(ignored, fit)).epochs.map(({ loss }) => loss),
      );
      for (const [name, { values }] of masked.parameters()) {
        expect(values, name).toEqual(other.parameters().get(name)!.values);
      }
    }
  });
});

test("batches that come one by one, and micro-batches, leave them out as well", async () => {
  const [whole, parts] = [network(), network()];
  using a = trained("wasm", softmaxCrossEntropy(), whole);
  using b = trained("wasm", softmaxCrossEntropy(), parts);
  const stepped = await a.trainStep(data);
  const { epochs } = await b.fit(data, { epochs: 1, batchSize: 5, microBatchSize: 2, shuffle: false });
  expect(stepped.loss).toBeCloseTo(epochs[0].loss, 5);
  expect(stepped.loss).toBeCloseTo((await trained("wasm", softmaxCrossEntropy()).evaluate(data)).loss, 5);
  for (const [name, { values }] of whole.parameters()) {
    parts
      .parameters()
      .get(name)!
      .values.forEach((value, i) => {
        expect(Math.abs(value - values[i]), name).toBeLessThan(1e-6);
      });
  }
});

test("a mask of an input's own reaches losses of numbers; where places move, and without one, all count", async () => {
  const [x, mask] = [input([3, 2], { name: "x" }), input([3], { name: "mask" })];
  const y = apply(dense(1), apply(gru(4, { masked: true, returnSequences: true }), x, mask));
  const net = functional({ inputs: [x, mask], outputs: y, seed: 1 });
  using trainer = new Trainer(net, { device: device("wasm"), loss: meanSquaredError(), optimizer });
  const rows = { x: Float32Array.of(1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1), mask: Float32Array.of(1, 1, 0, 1, 0, 0) };
  const wanted = Float32Array.of(1, 2, 3, 4, 5, 6);
  const { values } = await trainer.predict(rows);
  const [a, b, , d] = wanted.map((label, i) => (values[i] - label) ** 2);
  const named = Dataset.from({ features: rows, labels: wanted, shape: { x: [3, 2], mask: [3] } });
  expect((await trainer.evaluate(named)).loss).toBeCloseTo((a + b + d) / 3, 5);
  for (const all of [network(undefined, {}), network((h, scope) => scope.call(dense(4), turned(h)))]) {
    using other = trained("wasm", softmaxCrossEntropy(), all);
    const { values: p } = await other.predict(features, { probabilities: true });
    const sum = labels.flat().reduce((sofar, label, place) => sofar - Math.log(p[place * CLASSES + label]), 0);
    expect((await other.evaluate(data)).loss).toBeCloseTo(sum / (sequences.length * time), 5);
  }
});
