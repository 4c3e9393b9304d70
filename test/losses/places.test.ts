import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  categoricalFocal,
  categoricalHinge,
  conv2d,
  dense,
  embedding,
  focal,
  hinge,
  klDivergence,
  type Loss,
  masked,
  reshape,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  tokenCrossEntropy,
  topK,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* Classes at each of several places: [places, classes] a row. What is expected is worked out here, in float64. */

const ROWS = 5;
const TIME = 3;
const CLASSES = 4;

const device = useDevices();
const optimizer = sgd({ learningRate: 0.1 });
const ids = Uint32Array.from({ length: ROWS * TIME }, (_, i) => (i * 5 + (i >> 2)) % 6);
const labels = Array.from({ length: ROWS }, (_, row) =>
  Array.from({ length: TIME }, (_, t) => (row * 3 + t * t) % CLASSES),
);
/** Shares of the classes at each place. */
const shares = labels.map((row) =>
  row.flatMap((label) => Array.from({ length: CLASSES }, (_, c) => (c === label ? 0.7 : 0.1))),
);
const data = Dataset.from({ features: ids, labels, shape: [TIME] });
const network = () =>
  sequential({ input: [TIME], seed: 3 }, [embedding(6, 5, { initializer: "glorotUniform" }), dense(CLASSES)]);
const trainerOf = (
  loss: Loss,
  backend: (typeof BACKENDS)[number] = "cpu",
  metrics: ConstructorParameters<typeof Trainer>[1]["metrics"] = [],
) => new Trainer(network(), { device: device(backend), loss, optimizer, metrics });

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const meanOf = (numbers: readonly number[]) => sumOf(numbers) / numbers.length;
const logSoftmax = (z: readonly number[]) => {
  const all = Math.log(sumOf(z.map(Math.exp)));
  return z.map((each) => each - all);
};
const sign = (c: number, label: number) => (c === label ? 1 : -1);

/** Loss of a place, of its logits and label. */
const expected: [string, Loss, (z: number[], label: number) => number][] = [
  [
    "categoricalFocal",
    categoricalFocal({ gamma: 2 }),
    (z, t) => -((1 - Math.exp(logSoftmax(z)[t])) ** 2) * logSoftmax(z)[t],
  ],
  ["categoricalHinge", categoricalHinge(), (z, t) => Math.max(0, 1 + Math.max(...z.filter((_, c) => c !== t)) - z[t])],
  ["hinge", hinge(), (z, t) => meanOf(z.map((y, c) => Math.max(0, 1 - sign(c, t) * y)))],
  ["klDivergence", klDivergence(), (z, t) => -logSoftmax(z)[t]],
  [
    "focal",
    focal(),
    (z, t) =>
      meanOf(
        z.map((y, c) => {
          const p = 1 / (1 + Math.exp(-sign(c, t) * y));
          return -(c === t ? 0.25 : 0.75) * (1 - p) ** 2 * Math.log(p);
        }),
      ),
  ],
  [
    "softmaxCrossEntropy, smoothed",
    softmaxCrossEntropy({ labelSmoothing: 0.2 }),
    (z, t) => -sumOf(logSoftmax(z).map((l, c) => l * (0.05 + (c === t ? 0.8 : 0)))),
  ],
];

async function placesOf(trainer: Trainer) {
  const { values } = await trainer.predict(ids);
  return labels.flat().map((label, place) => ({
    label,
    z: Array.from(values.subarray(place * CLASSES, (place + 1) * CLASSES)),
  }));
}

describe.each(BACKENDS)("classes at each place, on %s", (backend) => {
  test.each(expected)(
    "%s is the mean over the places, and so is that of what a training minimises",
    async (_, loss, of) => {
      using trainer = trainerOf(loss, backend, ["accuracy", topK(2)]);
      const places = await placesOf(trainer);
      const wanted = meanOf(places.map(({ z, label }) => of(z, label)));
      const scores = await trainer.evaluate(data, { batchSize: 2 });
      expect(scores.loss).toBeCloseTo(wanted, 5);
      const ranks = places.map(({ z, label }) => z.filter((each) => each > z[label]).length);
      expect(scores.accuracy).toBeCloseTo(meanOf(ranks.map((rank) => Number(rank < 1))), 6);
      expect(scores.top2).toBeCloseTo(meanOf(ranks.map((rank) => Number(rank < 2))), 6);
      const { loss: trained } = await trainer.trainStep(data);
      expect(trained).toBeCloseTo(wanted, 5);
      expect((await trainer.evaluate(data)).loss).toBeLessThan(wanted);
    },
  );

  test.each([[[2]], [[2, 1, 0.5, 3]]])(
    "positive weights %j are those of each label at every place",
    async (weights) => {
      using trainer = trainerOf(sigmoidCrossEntropy({ positiveWeight: weights }), backend);
      const given = Dataset.from({ features: ids, labels: shares, shape: [TIME] });
      const softplus = (z: number) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, z);
      const lossOf = ({ z }: { z: number[] }, place: number) => {
        const t = shares[Math.floor(place / TIME)].slice((place % TIME) * CLASSES, ((place % TIME) + 1) * CLASSES);
        return meanOf(z.map((y, c) => weights[c % weights.length] * t[c] * softplus(-y) + (1 - t[c]) * softplus(y)));
      };
      const wanted = meanOf((await placesOf(trainer)).map(lossOf));
      expect((await trainer.evaluate(given, { batchSize: 2 })).loss).toBeCloseTo(wanted, 5);
      expect((await trainer.trainStep(given)).loss).toBeCloseTo(wanted, 5);
      expect((await trainer.evaluate(given)).loss).toBeLessThan(wanted);
    },
  );

  test("class weights divide by the weights of the places, shares are taken by place", async () => {
    const classWeights = [1, 3, 0.5, 2];
    using trainer = trainerOf(softmaxCrossEntropy({ classWeights }), backend, ["accuracy"]);
    const places = await placesOf(trainer);
    const wanted =
      sumOf(places.map(({ z, label }) => -classWeights[label] * logSoftmax(z)[label])) /
      sumOf(places.map(({ label }) => classWeights[label]));
    for (const batchSize of [5, 2]) expect((await trainer.evaluate(data, { batchSize })).loss).toBeCloseTo(wanted, 5);
    const right = places.map(({ z, label }) => Number(z.indexOf(Math.max(...z)) === label));
    expect((await trainer.evaluate(data)).accuracy).toBeCloseTo(meanOf(right), 6);
    expect((await trainer.trainStep(data)).loss).toBeCloseTo(wanted, 5);

    using soft = trainerOf(softmaxCrossEntropy(), backend, ["accuracy"]);
    const given = Dataset.from({ features: ids, labels: shares, shape: [TIME] });
    const crossEntropies = (await placesOf(soft)).map(
      ({ z, label }) => -sumOf(logSoftmax(z).map((l, c) => l * (c === label ? 0.7 : 0.1))),
    );
    expect((await soft.evaluate(given)).loss).toBeCloseTo(meanOf(crossEntropies), 5);
    expect((await soft.evaluate(given)).accuracy).toBeCloseTo(meanOf(right), 6);
  });
});

test("places that aren't known, of class weights: neither sum has them", async () => {
  const classWeights = [1, 3, 0.5, 2];
  const some = labels.map((row, i) => row.map((label, t) => ((i + t) % 3 === 0 ? Number.NaN : label)));
  using trainer = trainerOf(masked(softmaxCrossEntropy({ classWeights })));
  const places = (await placesOf(trainer)).filter((_, i) => !Number.isNaN(some.flat()[i]));
  const wanted =
    sumOf(places.map(({ z, label }) => -classWeights[label] * logSoftmax(z)[label])) /
    sumOf(places.map(({ label }) => classWeights[label]));
  const given = Dataset.from({ features: ids, labels: some, shape: [TIME] });
  expect((await trainer.evaluate(given, { batchSize: 2 })).loss).toBeCloseTo(wanted, 5);
  expect((await trainer.trainStep(given)).loss).toBeCloseTo(wanted, 5);
});

test("positive weights are one for each label, not for each place", () => {
  for (const [loss, given] of [
    [sigmoidCrossEntropy({ positiveWeight: [1, 2, 3] }), 3],
    [masked(sigmoidCrossEntropy({ positiveWeight: new Array(12).fill(1) })), 12],
  ] as const) {
    expect(() => trainerOf(loss)).toThrow(
      `sigmoidCrossEntropy: ${given} positive weights for 4 labels. Give one number, or one for each label.`,
    );
  }
});

test("pixels are places, and a label that is ignored may be that of a row", async () => {
  const net = sequential({ input: [2, 3, 1], seed: 1 }, [conv2d(3, 1)]);
  using trainer = new Trainer(net, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer });
  const features = Float32Array.from({ length: 12 }, (_, i) => i / 6);
  const each = [
    [0, 1, 2, 0, 1, 2],
    [2, 2, 1, 1, 0, 0],
  ];
  const { values } = await trainer.predict(features);
  const wanted = meanOf(
    each.flat().map((label, i) => -logSoftmax(Array.from(values.subarray(3 * i, 3 * i + 3)))[label]),
  );
  const images = Dataset.from({ features, labels: each, shape: [2, 3, 1] });
  expect((await trainer.evaluate(images)).loss).toBeCloseTo(wanted, 5);

  const rows = { features: [[1], [2], [3]], labels: [0, -100, 1] };
  const flat = sequential({ input: [1], seed: 1 }, [dense(2)]);
  using single = new Trainer(flat, { device: device("cpu"), loss: tokenCrossEntropy({ ignore: -100 }), optimizer });
  const { values: z } = await single.predict([[1], [3]]);
  const both = meanOf([0, 1].map((label) => -logSoftmax(Array.from(z.subarray(2 * label, 2 * label + 2)))[label]));
  expect((await single.evaluate(Dataset.from(rows))).loss).toBeCloseTo(both, 5);
});

describe("labels of another number of places than the output", () => {
  const fitted = (net: ReturnType<typeof network>, loss: Loss, given: ArrayLike<number>[]) => {
    const features = new Float32Array(given.length * net.input[0]).fill(1);
    return new Trainer(net, { device: device("cpu"), loss, optimizer }).fit(
      Dataset.from({ features, labels: given, shape: net.input }),
      { epochs: 1 },
    );
  };
  const eight = [Array(8).fill(0), Array(8).fill(1)];

  test.each([
    ["softmaxCrossEntropy", softmaxCrossEntropy()],
    ["tokenCrossEntropy", tokenCrossEntropy()],
    ["hinge", hinge()],
    ["categoricalFocal", categoricalFocal()],
  ])("are refused with both shapes: %s", async (name, loss) => {
    const net = sequential({ input: [6] }, [dense(24), reshape([6, 4])]);
    await expect(fitted(net, loss, eight)).rejects.toThrow(
      `${name}: the labels of a row are [8], the model puts out [6, 4]. Give each row 6 labels, a class for each place, ` +
        "or the model another end: flatten() and dense(classes) for one label.",
    );
  });

  test("of a flat output are shares, as many as there are classes", async () => {
    const oneHot = [
      [1, 0],
      [0, 1],
    ];
    await expect(fitted(sequential({ input: [3] }, [dense(4)]), softmaxCrossEntropy(), oneHot)).rejects.toThrow(
      "the targets of a row are [2], the model puts out 4 numbers. End the model with dense(2)",
    );
    await expect(fitted(sequential({ input: [3] }, [dense(16)]), tokenCrossEntropy(), eight)).rejects.toThrow(
      "the targets of a row are [8], the model puts out 16 numbers. End the model with dense(8), or reshape([8, classes]) " +
        "for a class at each place.",
    );
  });

  test("class weights of another number than the classes, and places of one class, end before a training", () => {
    expect(() => trainerOf(softmaxCrossEntropy({ classWeights: [1, 2] }))).toThrow("classWeights must be 4 numbers");
    const net = sequential({ input: [TIME] }, [embedding(6, 5), dense(1)]);
    expect(() => new Trainer(net, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer })).toThrow(
      "needs an output for each class, but the model puts out 1",
    );
  });
});
