import { afterAll, describe, expect, test } from "vitest";
import { sizeOf } from "../../src/core/shape.js";
import { Dataset, iris, standardise } from "../../src/data/index.js";
import {
  adam,
  categoricalFocal,
  categoricalHinge,
  cosine,
  customLoss,
  decodeModel,
  dense,
  encodeModel,
  focal,
  gaussianNLL,
  type History,
  hinge,
  huber,
  klDivergence,
  type Loss,
  masked,
  meanAbsoluteError,
  meanSquaredError,
  ops,
  poisson,
  quantile,
  reshape,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  tokenCrossEntropy,
} from "../../src/index.js";
import { ofOutput } from "../../src/losses/places.js";
import { openDevice } from "../../src/node.js";
import { sines } from "../fixtures.js";

const device = await openDevice({ backend: "wasm", threads: 1 });
afterAll(() => device.dispose());

const ROWS = 60;
const weights = Float32Array.from({ length: ROWS }, (_, row) => 1 + (row % 3));
const classes = Uint32Array.from({ length: ROWS }, (_, row) => (row % 5 === 0 ? 2 : row % 2));
const numbers = Float32Array.from({ length: ROWS * 2 }, (_, i) => 3 + Math.sin(i * i) * (i % 7));
const shares = numbers.map((value) => Math.abs(value) % 1);
const counts = numbers.map((value) => Math.abs(Math.round(value)));
const distributions = Array.from({ length: ROWS }, (_, row) => [shares[row], 1 - shares[row]]);
const tokens = Array.from({ length: ROWS }, (_, row) => new Array(3).fill(row % 7 === 0 ? 9 : row % 3));
const unknown = (values: Float32Array) => values.map((value, i) => (i % 4 === 0 || i % 7 === 0 ? Number.NaN : value));

/** Networks whose only parameters are biases, as their inputs are 0: training finds the best same answer for all rows. */
const kinds: [string, Loss, Dataset["labels"] | number[][], number | number[]][] = [
  ["softmax cross-entropy", softmaxCrossEntropy(), classes, 3],
  ["label smoothing", softmaxCrossEntropy({ labelSmoothing: 0.2 }), classes, 3],
  ["class weights", softmaxCrossEntropy({ classWeights: [1, 2, 0.5] }), classes, 3],
  ["class weights and smoothing", softmaxCrossEntropy({ classWeights: [1, 2, 0.5], labelSmoothing: 0.1 }), classes, 3],
  ["sigmoid cross-entropy", sigmoidCrossEntropy(), shares, 2],
  ["positive weights", sigmoidCrossEntropy({ positiveWeight: [3, 0.5] }), shares, 2],
  ["squared error", meanSquaredError(), numbers, 2],
  ["half the sum of squares", meanSquaredError({ form: "halfSum" }), numbers, 2],
  ["absolute error", meanAbsoluteError(), numbers, 2],
  ["Huber's loss", huber({ delta: 0.7 }), numbers, 2],
  ["Poisson's loss", poisson(), counts, 2],
  ["focal loss", focal(), classes.map((label) => label % 2), 1],
  ["focal loss of several outputs", focal({ gamma: 0.5, alpha: 0.6 }), classes, 3],
  ["focal loss of classes", categoricalFocal(), classes, 3],
  ["focal loss that is cross-entropy", categoricalFocal({ gamma: 0 }), classes, 3],
  ["hinge loss", hinge(), classes, 3],
  ["hinge loss of classes, none above a half", categoricalHinge(), classes, 3],
  ["hinge loss of classes, one above a half", categoricalHinge(), classes.map((label) => Number(label > 1)), 2],
  ["divergence of class indices", klDivergence(), classes, 3],
  ["divergence of distributions", klDivergence(), distributions, 2],
  ["quantiles", quantile([0.1, 0.5, 0.8]), numbers, 6],
  ["mean and spread", gaussianNLL(), numbers, 4],
  ["mean and spread, whole", gaussianNLL({ full: true }), numbers, 4],
  ["tokens, some ignored", tokenCrossEntropy({ ignore: 9 }), tokens, [3, 3]],
  ["squared error of what is known", masked(meanSquaredError()), unknown(numbers), 2],
  ["half the sum of squares of what is known", masked(meanSquaredError({ form: "halfSum" })), unknown(numbers), 2],
  ["positive weights of what is known", masked(sigmoidCrossEntropy({ positiveWeight: [3, 0.5] })), unknown(shares), 2],
  ["quantiles of what is known", masked(quantile(0.7)), unknown(numbers), 2],
  ["classes that are known", masked(softmaxCrossEntropy()), unknown(Float32Array.from(classes)), 3],
];

describe.each([
  ["rows alike", undefined],
  ["rows of weights", weights],
] as const)("the loss of guessing, %s", (_, rowWeights) => {
  test.each(kinds)("%s: what training finds without features", async (_, given, labels, output) => {
    const data = Dataset.from({
      features: new Float32Array(ROWS * 3),
      labels: labels as Float32Array,
      shape: [3],
      weights: rowWeights,
    });
    const outputs = sizeOf([output].flat());
    const model = sequential({ input: [3], seed: 1 }, [dense(outputs), reshape([output].flat())]);
    const loss = ofOutput(given, model.output);
    using trainer = new Trainer(model, { device, loss: given, optimizer: adam({ learningRate: 0.05 }) });
    await trainer.fit(data, { epochs: 400, batchSize: ROWS, seed: 1 });
    trainer.learningRate = 0.001;
    const { warnings } = await trainer.fit(data, { epochs: 400, batchSize: ROWS });
    const { loss: reached } = await trainer.evaluate(data);
    const guess = loss.guess(loss.encode(data, outputs), outputs, rowWeights)!;
    expect(reached).toBeGreaterThan(guess - 2e-6 * Math.abs(guess));
    expect(reached).toBeLessThan(guess + 2e-3 * Math.max(1, Math.abs(guess)));
    expect(warnings).toEqual([expect.stringMatching(/^The loss, .* is no better than guessing/)]);
  });
});

test.each([
  ["all", cosine(), numbers],
  ["those that are known", masked(cosine()), unknown(numbers)],
])("the cosine distance of guessing, of %s: the least of 3,600 directions", (_, loss, labels) => {
  const data = Dataset.from({ features: new Float32Array(ROWS), labels, shape: [1], weights });
  const distance = (angle: number) => {
    let [sum, total] = [0, 0];
    for (let row = 0; row < ROWS; row++) {
      const [x, y] = labels.subarray(2 * row, 2 * row + 2);
      if (Number.isNaN(x + y)) continue;
      sum += weights[row] * (1 - (x * Math.cos(angle) + y * Math.sin(angle)) / Math.hypot(x, y));
      total += weights[row];
    }
    return sum / total;
  };
  const least = Math.min(...Array.from({ length: 3600 }, (_, i) => distance((i * Math.PI) / 1800)));
  expect(loss.guess(loss.encode(data, 2), 2, weights)).toBeCloseTo(least, 5);
});

describe("a history's warnings", () => {
  const network = () => sequential({ input: [4], seed: 1 }, [dense(16, { activation: "relu" }), dense(3)]);
  const trainerOf = (rate: number) =>
    new Trainer(network(), { device, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: rate }) });

  test("there are none of a training that learned", async () => {
    const { train, validation } = standardise(
      (await iris()).split({ test: 0.2, validation: 0.2, stratify: true, seed: 1 }),
    );
    using trainer = trainerOf(0.3);
    expect((await trainer.fit(train, { epochs: 5, validation })).warnings).toEqual([]);
  });

  test("one that learned nothing is no better than guessing, and callbacks are told", async () => {
    let told: readonly string[] | undefined;
    using trainer = trainerOf(0);
    const onEnd = (history: History) => {
      told = history.warnings;
    };
    const callbacks = [{ onEnd }];
    const { warnings } = await trainer.fit(await iris(), { epochs: 2, callbacks });
    expect(warnings).toEqual([
      expect.stringMatching(/^The loss, [\d.]+, is no better than guessing: .* has 1\.099\. Scale/),
    ]);
    expect(told).toEqual(warnings);
  });

  test("one that is right on its own rows only is told by the validation part", async () => {
    const noise = Uint32Array.from({ length: 40 }, (_, i) => [0, 1, 1, 0, 1, 0, 0, 1, 1, 1][(i * 7) % 10]);
    const data = Dataset.from({
      features: sines(160),
      labels: noise.map((label, i) => (i * i + label) % 2),
      shape: [4],
    });
    const [train, validation] = [
      data.take(Array.from({ length: 20 }, (_, i) => i)),
      data.take([20, 25, 31, 33, 36, 39]),
    ];
    const model = sequential({ input: [4], seed: 1 }, [dense(64, { activation: "relu" }), dense(2)]);
    using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.1 }) });
    await trainer.fit(train, { epochs: 100 });
    const { warnings } = await trainer.fit(train, { epochs: 1, validation });
    expect(warnings).toEqual([expect.stringMatching(/^The lowest validation loss, .* no better than guessing/)]);
  });

  test("data's own are among them: a number 165 deviations out, a class that never occurs", async () => {
    const rows = Float32Array.from({ length: 40_000 }, (_, i) => (i === 7 ? 1e6 : Math.sin(i)));
    const data = Dataset.from({
      features: rows,
      labels: Uint32Array.from({ length: 10_000 }, (_, i) => (i % 2) * 2),
      shape: [4],
    });
    const { train } = standardise({ train: data, test: data.take([0, 1]) });
    using trainer = trainerOf(0.01);
    const { warnings } = await trainer.fit(train, { epochs: 1, batchSize: 500 });
    expect(warnings.slice(0, train.warnings.length)).toEqual(train.warnings);
    expect(warnings.join(" ")).toMatch(/class "1" never occurs/);
    expect(warnings.join(" ")).toMatch(/deviations/);
  });
});

describe("labels as the loss takes them", () => {
  const features = sines(4 * 12);
  const fitOn = async (labels: Dataset["labels"] | number[][], loss: Loss, outputs: number) => {
    const data = Dataset.from({ features, labels: labels as Float32Array, shape: [4] });
    using trainer = new Trainer(sequential({ input: [4], seed: 1 }, [dense(outputs)]), {
      device,
      loss,
      optimizer: adam(),
    });
    const { warnings } = await trainer.fit(data, { epochs: 1 });
    return warnings.filter((text) => !text.includes("no better than guessing"));
  };
  const from1 = Uint32Array.from({ length: 12 }, (_, i) => 1 + (i % 3));

  test("whole numbers to predict are no classes, of which one never occurs", async () => {
    expect(await fitOn(from1, meanSquaredError(), 1)).toEqual([]);
    expect(await fitOn(from1, softmaxCrossEntropy(), 4)).toEqual([
      'The class "0" never occurs (classes are numbered from 0).',
    ]);
  });

  test("shares of classes that don't add up to 1, as several answers of yes or no", async () => {
    const answers = Array.from({ length: 12 }, (_, i) => [1, 0, Number(i > 9)]);
    expect(await fitOn(answers, softmaxCrossEntropy(), 3)).toEqual([
      expect.stringMatching(
        /^softmaxCrossEntropy takes shares .* row 10, .* add up to 2, and those of another row .*sigmoid/,
      ),
    ]);
    expect(await fitOn(answers, sigmoidCrossEntropy(), 3)).toEqual([]);
    expect(
      await fitOn(
        answers.map(() => [0.2, 0.5, 0.3]),
        softmaxCrossEntropy(),
        3,
      ),
    ).toEqual([]);
  });

  test("a loss of one's own says what guessing has, or nothing is said of it", async () => {
    const custom = (guess?: () => number) => customLoss((y, t) => ops.mean(ops.square(ops.sub(y, t)), -1), { guess });
    const told = async (loss: Loss) => {
      const data = Dataset.from({ features, labels: Float32Array.from(from1), shape: [4] });
      using trainer = new Trainer(sequential({ input: [4], seed: 1 }, [dense(1)]), { device, loss, optimizer: sgd() });
      return (await trainer.fit(data, { epochs: 1 })).warnings;
    };
    expect(await told(custom())).toEqual([]);
    expect(await told(custom(() => 1e-3))).toEqual([expect.stringMatching(/no better than guessing: .* has 0\.001/)]);
    const { guess: _, ...lacking } = custom();
    await expect(told(lacking as Loss)).rejects.toThrow(/the loss has no guess\. Make it with customLoss/);
    expect(() => custom(1 as never)).toThrow(/guess must be a function/);
  });
});

describe("warnings on features that are predicted for", () => {
  const CONSTANT = 7;
  const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), i / 40, CONSTANT]);
  const data = Dataset.from({ features: rows, labels: rows.map(([a]) => Number(a > 0)) });
  const trained = async () => {
    const model = sequential({ input: [3], seed: 1 }, [dense(2)]);
    const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    await trainer.fit(data, { epochs: 1 });
    return trainer;
  };

  test("on request only, and the predictions are the same", async () => {
    using trainer = await trained();
    const far = [[0, -9999, 7]];
    const plain = await trainer.predict(far);
    expect(plain.warnings).toBeUndefined();
    const told = await trainer.predict(far, { warnings: true });
    expect([...told.values]).toEqual([...plain.values]);
    expect(told.warnings).toEqual([expect.stringMatching(/feature 1 is -9999 in a row \(0 to 0\.97\d* in training\)/)]);
    const named = Dataset.from({ ...data.take([0]), features: far, featureNames: ["wave", "share", "flat"] });
    expect((await trainer.predict(named, { warnings: true })).warnings![0]).toContain('"share" is -9999 in a row');
    expect((await trainer.predict(rows, { warnings: true })).warnings).toEqual([]);
    expect((await trainer.predict(data, { warnings: true })).warnings).toEqual([]);
  });

  test.each([
    ["a constant column that moved", [[0, 0, 7.5]], /feature 2 is 7\.5 in a row \(7 to 7 in training\)/],
    [
      "bytes where shares were trained on",
      [
        [200, 0.5, 7],
        [255, 0.5, 7],
      ],
      /feature 0 is 200 in 2 rows/,
    ],
    ["both", [[200, 0.5, 0]], /feature 0 .*, feature 2 is 0/],
  ])("%s", async (_, far, message) => {
    using trainer = await trained();
    expect((await trainer.predict(far, { warnings: true })).warnings).toEqual([expect.stringMatching(message)]);
  });

  test("a checkpoint's model knows the range", async () => {
    const model = sequential({ input: [3], seed: 1 }, [dense(2)]);
    using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    const seen: unknown[] = [];
    const onEpoch = () => void seen.push(decodeModel(encodeModel(trainer.model)).inputRange);
    await trainer.fit(data, { epochs: 1, callbacks: [{ onEpoch }] });
    expect(seen).toEqual([{ low: [expect.any(Number), 0, 7], high: [expect.any(Number), expect.any(Number), 7] }]);
  });

  test("a saved model knows the range", async () => {
    using trainer = await trained();
    const model = decodeModel(encodeModel(trainer.model));
    expect(model.inputRange).toEqual(trainer.model.inputRange);
    using again = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    expect((await again.predict([[0, 0, 8]], { warnings: true })).warnings).toHaveLength(1);
  });

  test("samples of many numbers have one range; a model that wasn't trained has none", async () => {
    const images = Dataset.from({ features: sines(784 * 4), labels: [0, 1, 0, 1], shape: [784] });
    const model = sequential({ input: [784], seed: 1 }, [dense(2)]);
    using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    expect((await trainer.predict(sines(784), { warnings: true })).warnings).toEqual([
      expect.stringMatching(/Nothing is known/),
    ]);
    await trainer.fit(images, { epochs: 1 });
    const bytes = sines(784).map((value) => Math.round(127 + 127 * value));
    expect((await trainer.predict(bytes, { warnings: true })).warnings).toEqual([
      expect.stringMatching(/\d+ numbers, such as \d+ \(-0\.99.* in training\)/),
    ]);
  });
});
