import { Dataset } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { variable } from "../../src/graph/tensor.js";
import {
  ArgumentError,
  categoricalFocal,
  categoricalHinge,
  customLoss,
  DataError,
  focal,
  gaussianNLL,
  hinge,
  huber,
  klDivergence,
  type Loss,
  meanAbsoluteError,
  meanSquaredError,
  ops,
  poisson,
  quantile,
  ShapeError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  triplet,
} from "../../src/index.js";

test.each<[string, () => unknown, RegExp]>([
  ["delta 0", () => huber({ delta: 0 }), /huber: delta must be a finite number above 0, got 0/],
  ["delta NaN", () => huber({ delta: Number.NaN }), /got NaN/],
  [
    "a form that is none",
    () => meanSquaredError({ form: "sum" as "mean" }),
    /form must be "mean" or "halfSum", got "sum"/,
  ],
  ["gamma -1", () => focal({ gamma: -1 }), /focal: gamma must be a finite number, 0 or more, got -1/],
  ["alpha 1", () => focal({ alpha: 1 }), /alpha must be above 0 and below 1, got 1/],
  ["a gamma without a gradient", () => categoricalFocal({ gamma: 0.5 }), /gamma must be 0 or at least 1, got 0.5/],
  [
    "positive weight 0",
    () => sigmoidCrossEntropy({ positiveWeight: 0 }),
    /positiveWeight must be a finite number above 0, got 0/,
  ],
  ["positive weights, one NaN", () => sigmoidCrossEntropy({ positiveWeight: [1, Number.NaN] }), /above 0, got NaN/],
  ["no positive weights", () => sigmoidCrossEntropy({ positiveWeight: [] }), /must be above 0/],
  [
    "two positive weights for three outputs",
    () => sigmoidCrossEntropy({ positiveWeight: [1, 2] }).checkOutputs!(3),
    /2 positive weights for 3 outputs/,
  ],
  [
    "two class weights for three outputs",
    () => softmaxCrossEntropy({ classWeights: [1, 2] }).checkOutputs!(3),
    /classWeights must be 3 numbers.*got 1, 2/,
  ],
  [
    "a negative class weight",
    () => softmaxCrossEntropy({ classWeights: [1, -2] }).checkOutputs!(2),
    /0 or more.*got 1, -2/,
  ],
  ["categorical hinge of one output", () => categoricalHinge().checkOutputs!(1), /dense\(classes\), or take hinge\(\)/],
  ["categorical focal of one output", () => categoricalFocal().checkOutputs!(1), /or take focal\(\) for yes or no/],
  ["KL divergence of one output", () => klDivergence().checkOutputs!(1), /needs an output for each class/],
  ["no function", () => customLoss("mse" as never), /customLoss: needs a function/],
  ["targets that are no shape", () => customLoss((y) => y, { targets: 5 as never }), /such as \[5\], got 5/],
  ["elements that aren't yes or no", () => customLoss((y) => y, { elements: 1 as never }), /true or false, got 1/],
  ["no quantiles", () => quantile([]), /rising, such as \[0.1, 0.5, 0.9\], got none/],
  ["a quantile of 1", () => quantile([0.5, 1]), /got 0.5, 1/],
  ["quantiles that don't rise", () => quantile([0.9, 0.1]), /got 0.9, 0.1/],
  ["two quantiles by three outputs", () => quantile([0.1, 0.9]).checkOutputs!(3), /put out 2 numbers.*dense\(2\)/],
  ["an epsilon of 0", () => gaussianNLL({ epsilon: 0 }), /epsilon must be a finite number above 0, got 0/],
  ["full as a word", () => gaussianNLL({ full: "yes" as never }), /full must be true or false, got "yes"/],
  ["mean and spread by one output", () => gaussianNLL().checkOutputs!(1), /put out 2 numbers.*dense\(2\)/],
  ["a margin of 0", () => triplet({ margin: 0 }), /triplet: margin must be a finite number above 0, got 0/],
  ["three vectors in four outputs", () => triplet().checkOutputs!(4), /anchor, positive and negative.*puts out 4/],
])("%s is refused", (_, make, message) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(message);
});

const floats = (...labels: number[]) => ({ labels: Float32Array.from(labels), targetShape: [2], classes: undefined });
const classes = (count: number, ...labels: number[]) => ({
  labels: Uint32Array.from(labels),
  targetShape: [],
  classes: count,
});

describe("targets", () => {
  test.each<[string, Loss, ReturnType<typeof floats> | ReturnType<typeof classes>, RegExp]>([
    [
      "poisson, negative",
      poisson(),
      floats(1, 2, 3, -4),
      /poisson: targets must be counts, 0 or more, but row 1 has -4/,
    ],
    [
      "sigmoid cross-entropy above 1",
      sigmoidCrossEntropy(),
      floats(1, 0, 2, 0),
      /must be in \[0, 1\], but row 1 has 2/,
    ],
    ["focal between", focal(), floats(0, 0.5), /0 or -1 for no and 1 for yes, but row 0 has 0.5/],
    ["hinge of 2", hinge(), floats(0, 1, 1, 2), /hinge: targets must be 0 or -1 for no and 1 for yes, but row 1 has 2/],
    ["KL, negative", klDivergence(), floats(1.5, -0.5), /probabilities, 0 or more, but row 0 has -0.5/],
    [
      "KL, not a distribution",
      klDivergence(),
      floats(0.5, 0.5, 1, 1),
      /add up to 1, but those of row 1 make 2. Divide each row/,
    ],
    ["categorical hinge of numbers", categoricalHinge(), floats(0, 1), /labels are numbers. Give classes as integers/],
    [
      "categorical focal of too many classes",
      categoricalFocal(),
      classes(3, 0, 2),
      /3 classes, but the model puts out 2/,
    ],
    ["MAE of too many classes", meanAbsoluteError(), classes(3, 0, 2), /meanAbsoluteError: the labels have 3 classes/],
  ])("%s", (_, loss, labels, message) => {
    expect(() => loss.encode(labels, 2)).toThrow(DataError);
    expect(() => loss.encode(labels, 2)).toThrow(message);
  });

  test.each([huber(), hinge(), focal(), poisson(), klDivergence(), meanAbsoluteError()])(
    "$config.loss of another width",
    (loss) => {
      expect(() => loss.encode(floats(0, 1), 3)).toThrow(ShapeError);
      expect(() => loss.encode(floats(0, 1), 3)).toThrow(/End the model with dense\(2\)/);
    },
  );

  test("are encoded as each loss wants them", () => {
    expect([...hinge().encode(classes(2, 0, 1), 1).values]).toEqual([-1, 1]);
    expect([...hinge().encode(classes(2, 0, 1), 2).values]).toEqual([1, -1, -1, 1]);
    expect([...focal().encode(floats(0, 1, -1, 1), 2).values]).toEqual([-1, 1, -1, 1]);
    expect([...huber().encode(classes(2, 0, 1), 2).values]).toEqual([1, 0, 0, 1]);
    expect([...klDivergence().encode(classes(2, 0, 1), 2).values]).toEqual([1, 0, 0, 1]);
    expect(categoricalHinge().encode(classes(2, 0, 1), 2).values).toEqual(new Uint32Array([0, 1]));
    const weighted = softmaxCrossEntropy({ classWeights: [1, 4] }).encode(classes(2, 0, 1, 1), 2);
    expect([...weighted.values]).toEqual([1, 0, 0, 1, 0, 1]);
    expect([...weighted.divisors!]).toEqual([1, 4, 4]);
  });
});

test("a loss of one's own must give a number per row", () => {
  const [outputs, targets] = [variable("outputs", [8, 3]), variable("targets", [8, 3])];
  const wrong = customLoss((y, t) => ops.square(ops.sub(y, t)), { name: "squares" });
  expect(() => wrong.perRow(outputs, targets)).toThrow(ShapeError);
  expect(() => wrong.perRow(outputs, targets)).toThrow(
    /customLoss "squares": must give one f32 per row, \[8\], got \[8, 3\]/,
  );
  expect(() => customLoss(() => 5 as never).perRow(outputs, targets)).toThrow(/got 5/);
});

describe("whole numbers", () => {
  const prices = Dataset.from({ features: [[1], [2], [3], [4]], labels: [250_000, 310_000, 199_000, 405_000] });
  const few = Dataset.from({ features: [[1], [2], [3], [4]], labels: Int32Array.of(3, 0, 7, 2) });
  const ofNumbers: Loss[] = [
    meanSquaredError(),
    meanAbsoluteError(),
    huber(),
    poisson(),
    customLoss((outputs) => outputs),
  ];
  test.each(ofNumbers.map((loss) => [loss.config.loss, loss] as const))("are numbers to %s", (_, loss) => {
    expect(loss.encode(prices, 1)).toMatchObject({ shape: [4, 1], values: Float32Array.from(prices.labels) });
    expect([...loss.encode(few, 1).values]).toEqual([3, 0, 7, 2]);
    // For a model with an output for each class they are classes; no message asks for 405,001 outputs.
    expect([...loss.encode(few, 8).values].filter(Boolean)).toHaveLength(4);
    expect(() => loss.encode(prices, 3)).toThrow(/up to 405000, .* numbers to predict, end the model with dense\(1\)/);
  });

  test("are classes to losses of classes, which don't ask for a model as large as the largest of them", () => {
    expect([...softmaxCrossEntropy().encode(few, 8).values]).toEqual([3, 0, 7, 2]);
    expect(() => softmaxCrossEntropy().encode(prices, 3)).toThrow(/dense\(1\) and take meanSquaredError/);
    const from1 = Dataset.from({ features: [[1], [2], [3]], labels: [1, 2, 3] });
    expect(() => softmaxCrossEntropy().encode(from1, 3)).toThrow(/4 classes.*labels\.map\(String\)/);
    expect(() => sigmoidCrossEntropy().encode(from1, 1)).toThrow(/labels\.map\(String\)/);
  });
});
