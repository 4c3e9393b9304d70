import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  apply,
  decodeModel,
  dense,
  embedding,
  encodeModel,
  model as functional,
  input,
  type Loss,
  masked,
  perplexity,
  positionalEmbedding,
  sequential,
  sgd,
  sinusoidal,
  softmaxCrossEntropy,
  Trainer,
  tiedDense,
  tokenCrossEntropy,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* Ids, and a class for each place of a sequence. */

const ROWS = 7;
const TIME = 3;
const CLASSES = 5;
const NONE = 2 ** 32 - 1;

const ids = Uint32Array.from({ length: ROWS * TIME }, (_, i) => (i * 7 + (i >> 2)) % CLASSES);
const labels = Array.from({ length: ROWS }, (_, row) =>
  Array.from({ length: TIME }, (_, t) => (row === 2 || (row + t) % 4 === 0 ? NONE : (row * 3 + t) % CLASSES)),
);
const data = Dataset.from({ features: ids, labels, shape: [TIME] });

const network = () =>
  sequential({ input: [TIME], seed: 3 }, [
    embedding(CLASSES, 4),
    positionalEmbedding(TIME),
    sinusoidal(),
    dense(4, { activation: "tanh" }),
    tiedDense("embedding", { bias: true }),
  ]);

const device = useDevices();
const optimizer = sgd({ learningRate: 0.5 });

describe.each(BACKENDS)("tokens on %s", (backend) => {
  test("loss, accuracy and perplexity are means over the tokens that count", async () => {
    const loss = tokenCrossEntropy();
    const metrics = ["accuracy", perplexity()];
    using trainer = new Trainer(network(), { device: device(backend), loss, optimizer, metrics });
    const scores = await trainer.evaluate(data, { batchSize: 3 });
    const { shape, values } = await trainer.predict(ids, { probabilities: true });
    expect(shape).toEqual([ROWS, TIME, CLASSES]);
    const at = (place: number) => Array.from(values.subarray(place * CLASSES, (place + 1) * CLASSES));
    const counted = labels.flat().flatMap((label, place) => (label === NONE ? [] : [{ label, p: at(place) }]));
    for (const { p } of counted) expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const mean = (of: (token: { label: number; p: number[] }) => number) =>
      counted.reduce((sum, token) => sum + of(token), 0) / counted.length;
    const expected = mean(({ label, p }) => -Math.log(p[label]));
    expect(scores.loss).toBeCloseTo(expected, 5);
    expect(scores.perplexity).toBeCloseTo(Math.exp(expected), 4);
    expect(scores.accuracy).toBeCloseTo(
      mean(({ label, p }) => Number(p.indexOf(Math.max(...p)) === label)),
      6,
    );
  });

  test("micro-batches and short batches take the same steps as whole ones", async () => {
    const weights: Float32Array[] = [];
    for (const options of [{ batchSize: 4 }, { batchSize: 4, microBatchSize: 1 }]) {
      const net = network();
      using trainer = new Trainer(net, { device: device(backend), loss: tokenCrossEntropy(), optimizer });
      await trainer.fit(data, { epochs: 2, seed: 1, ...options });
      weights.push(net.parameters().get("embedding.weight")!.values);
    }
    for (const [i, value] of weights[0].entries()) expect(Math.abs(value - weights[1][i])).toBeLessThan(1e-6);
  });
});

describe("what doesn't fit", () => {
  const all = Dataset.from({ features: ids, labels: Uint32Array.from(ids, (id) => id), shape: [TIME] });
  const train = (net: ReturnType<typeof network>, given: Dataset, loss = softmaxCrossEntropy()) =>
    new Trainer(net, { device: device("cpu"), loss, optimizer }).fit(given, { epochs: 1 });

  test("labels of a Uint32Array may be several a row, and softmaxCrossEntropy takes them", async () => {
    expect(all.targetShape).toEqual([TIME]);
    const { epochs } = await train(network(), all);
    expect(epochs[0].loss).toBeGreaterThan(0);
  });

  test("ids that the table doesn't have, and labels that are no class", async () => {
    const far = Dataset.from({ features: ids.map((id, i) => (i === 4 ? 9 : id)), labels, shape: [TIME] });
    await expect(train(network(), far, tokenCrossEntropy())).rejects.toThrow(
      'features, row 1, column 1: embedding "embedding" knows the ids 0 to 4, got 9. Ids are whole numbers ' +
        "from 0; give it as many as the vocabulary has.",
    );
    await expect(train(network(), data)).rejects.toThrow("classes are 0 to 4");
    const net = network();
    const trainer = new Trainer(net, { device: device("cpu"), loss: tokenCrossEntropy(), optimizer });
    await expect(trainer.predict([[0, 1.5, 2]])).rejects.toThrow("knows the ids 0 to 4, got 1.5");
  });

  test("a single label for many places", async () => {
    const single = Dataset.from({ features: ids, labels: [0, 1, 2, 3, 4, 0, 1], shape: [TIME] });
    await expect(train(network(), single)).rejects.toThrow("rows have one label, the model puts out [3, 5]");
  });

  test("positions that run out, an embedding of numbers, a table that isn't there, too many ids", () => {
    expect(() => sequential({ input: [TIME] }, [embedding(5, 4), positionalEmbedding(2)])).toThrow(
      'positionalEmbedding "positionalEmbedding": has 2 positions, sequences have 3',
    );
    expect(() => sequential({ input: [TIME] }, [dense(3), embedding(5, 4)])).toThrow("takes ids, whole numbers");
    expect(() => sequential({ input: [TIME] }, [embedding(5, 4), tiedDense("table")])).toThrow(
      "shares table.weight, but no layer before it has that",
    );
    expect(() => embedding(2 ** 25, 4)).toThrow("at most 16777216 ids");
  });

  test("a saved model keeps what its inputs are", () => {
    const x = input([TIME], { dtype: "u32" });
    const net = functional({ inputs: x, outputs: apply(embedding(5, 2), x) });
    expect(decodeModel(encodeModel(net)).inputs).toEqual([{ name: "input", shape: [TIME], dtype: "u32" }]);
    expect(decodeModel(encodeModel(network())).inputs).toEqual([{ name: "input", shape: [TIME], dtype: "u32" }]);
  });
});

test("tokens that aren't known and tokens that are ignored count as little, whichever marks them", async () => {
  const subject = network();
  const marked = (unknown: number, ignored: number) => [
    [0, ignored, 2],
    [1, 3, unknown],
    [ignored, ignored, 0],
  ];
  const lossOf = async (loss: Loss, labels: number[][]) => {
    using trainer = new Trainer(subject, { device: device("cpu"), loss, optimizer: sgd() });
    const rows = Dataset.from({ features: ids.slice(0, 3 * TIME), labels, shape: [TIME] });
    return (await trainer.evaluate(rows)).loss;
  };
  const expected = await lossOf(tokenCrossEntropy({ ignore: -100 }), marked(-100, -100));
  expect(await lossOf(masked(tokenCrossEntropy({ ignore: -100 })), marked(Number.NaN, -100))).toBe(expected);
  expect(await lossOf(masked(tokenCrossEntropy()), marked(Number.NaN, Number.NaN))).toBe(expected);
});
