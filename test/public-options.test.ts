import { describe, expect, test } from "vitest";
import * as data from "../src/data/index.js";
import * as neuromotor from "../src/index.js";
import { ArgumentError } from "../src/index.js";
import * as node from "../src/node.js";
import * as predict from "../src/predict.js";
import * as report from "../src/report/index.js";
import { CALLS, type Call, NONE, numbers, type Options, trainer, useCallsDevice, x } from "./public-calls.js";

/*
 * Every options object of the public surface refuses a name that it doesn't know, and says which was probably meant. What
 * is exported stands in one of the tables of public-calls.ts: what takes options with a call, what takes none among those.
 */

const { adam, dense, ops, Trainer } = neuromotor;
const { Dataset } = data;

useCallsDevice();

/** By their names; a module's exports are accessors here. */
const functionsOf = (source: object) =>
  Object.getOwnPropertyNames(source).filter((name) => {
    const { value, get } = Object.getOwnPropertyDescriptor(source, name)!;
    const isModule = !("constructor" in source);
    return typeof (isModule && get ? get() : value) === "function";
  });

const SURFACES: Record<string, string[]> = {
  index: functionsOf(neuromotor),
  node: functionsOf(node),
  predict: [...functionsOf(predict), "predict"],
  data: functionsOf(data),
  report: functionsOf(report),
  ops: functionsOf(ops),
  Trainer: functionsOf(Trainer.prototype),
  Dataset: [...functionsOf(Dataset.prototype), "from", "own"],
  Table: functionsOf(data.Table.prototype),
};

test.each(Object.keys(SURFACES))("every function of %s is known to take options or none", (surface) => {
  const listed = [...Object.keys(CALLS[surface]), ...NONE[surface].split(/\s+/)];
  expect(SURFACES[surface].sort()).toEqual([...new Set(listed)].sort());
});

const all = Object.entries(CALLS).flatMap(([surface, calls]) =>
  Object.entries(calls).map(([name, call]) => [`${surface}: ${name}`, call] as const),
);

test.each(all)("%s refuses an option that it doesn't know", async (_, call) => {
  const work = async () => call({ notAnOption: 1 } as never);
  await expect(work()).rejects.toThrow(ArgumentError);
  await expect(work()).rejects.toThrow(/: there is no option "notAnOption"\./);
});

describe("words of other libraries", () => {
  const { index, node: files, Trainer: training, Dataset: sets, ops: op } = CALLS;
  test.each<[string, Call, Options, RegExp]>([
    ["adam", index.adam, { lr: 1 }, /Did you mean learningRate\?/],
    ["adam", index.adam, { betas: [0.9, 0.99] }, /Use beta1 and beta2/],
    ["adam", index.adam, { weight_decay: 1 }, /Did you mean weightDecay\?/],
    ["adam", index.adam, { clipnorm: 1 }, /clipByGlobalNorm/],
    ["rmsprop", index.rmsprop, { rho: 1 }, /Did you mean alpha\?/],
    ["stepDecay", index.stepDecay, { stepSize: 3 }, /Did you mean every\?/],
    ["stepDecay", index.stepDecay, { gamma: 0.5 }, /Did you mean factor\?/],
    ["cosineAnnealing", index.cosineAnnealing, { T_max: 3 }, /Did you mean period\?/],
    ["reduceOnPlateau", index.reduceOnPlateau, { min_lr: 3 }, /Did you mean minimum\?/],
    ["oneCycle", index.oneCycle, { max_lr: 3 }, /Did you mean max\?/],
    ["dense", index.dense, { useBias: false }, /Did you mean bias\?/],
    ["dense", index.dense, { kernelInitializer: "zeros" }, /Did you mean initializer\?/],
    ["dense", index.dense, { kernelRegularizer: 1 }, /l2Penalty/],
    ["earlyStopping", index.earlyStopping, { restoreBestWeights: true }, /Did you mean restoreBest\?/],
    ["softmaxCrossEntropy", index.softmaxCrossEntropy, { classWeight: [1] }, /Did you mean classWeights\?/],
    ["softmaxCrossEntropy", index.softmaxCrossEntropy, { fromLogits: true }, /losses take logits/],
    ["sigmoidCrossEntropy", index.sigmoidCrossEntropy, { pos_weight: 1 }, /Did you mean positiveWeight\?/],
    ["huber", index.huber, { reduction: "sum" }, /the mean over the rows/],
    ["poisson", index.poisson, { logInput: true }, /It takes none/],
    ["randomNormal", index.randomNormal, { stddev: 1 }, /Did you mean deviation\?/],
    ["randomUniform", index.randomUniform, { minval: 1 }, /Did you mean minimum\?/],
    ["sequential", index.sequential, { inputShape: [4] }, /Did you mean input\?/],
    ["openDevice", index.openDevice, { thread: 1 }, /Did you mean threads\?/],
    ["checkpoint", files.checkpoint, { saveBestOnly: true }, /Did you mean best\?/],
    ["fit", training.fit, { validationSplit: 0.2 }, /Use data\.split\(\{ test, validation \}\) before it/],
    ["fit", training.fit, { validationData: 1 }, /Did you mean validation\?/],
    ["fit", training.fit, { classWeight: {} }, /Use classWeights of the loss/],
    ["fit", training.fit, { epoch: 100 }, /Did you mean epochs\?/],
    ["fit", training.fit, { batchsize: 8 }, /Did you mean batchSize\?/],
    ["fit", training.fit, { verbose: 1 }, /progress\(\)/],
    ["fit", training.fit, { patience: 3 }, /callbacks: \[earlyStopping\(\{ patience: 5 \}\)\]/],
    ["fit", training.fit, { onEpochEnd() {} }, /onEpoch\(record\)/],
    ["fit", training.fit, { drop_last: true }, /counts by its rows/],
    ["dense", index.dense, { inputShape: [4] }, /Use input of sequential\(\)/],
    ["dense", index.dense, { init: "zeros" }, /Did you mean initializer\?/],
    ["gru", index.gru, { reset_after: false }, /Did you mean resetAfter\?/],
    ["embedding", index.embedding, { padding_idx: 0 }, /Did you mean padding\?/],
    ["softmaxCrossEntropy", index.softmaxCrossEntropy, { ignore_index: 0 }, /tokenCrossEntropy\(\{ ignore \}\)/],
    ["Trainer", index.Trainer, { metric: ["accuracy"] }, /Did you mean metrics\?/],
    ["Trainer", index.Trainer, { criterion: 1 }, /Did you mean loss\?/],
    ["predict", training.predict, { batch_size: 8 }, /Did you mean batchSize\?/],
    ["Dataset.from", sets.from, { sampleWeights: [1] }, /Did you mean weights\?/],
    ["conv2d", index.conv2d, { kernelSize: 3 }, /Use the second argument/],
    ["conv2d", index.conv2d, { filters: 3 }, /Use the first argument/],
    ["conv2d", index.conv2d, { dilationRate: 2 }, /Did you mean dilation\?/],
    ["maxPool2d", index.maxPool2d, { poolSize: 2 }, /Use the first argument/],
    ["averagePool2d", index.averagePool2d, { count_include_pad: false }, /Did you mean countPadding\?/],
    ["lstm", index.lstm, { return_sequences: true }, /Did you mean returnSequences\?/],
    ["lstm", index.lstm, { hidden_size: 3 }, /Use the first argument/],
    ["lstm", index.lstm, { batch_first: true }, /Use nothing: the batch comes first/],
    ["bidirectional", index.bidirectional, { mergeMode: "concat" }, /Use nothing: the outputs of both/],
    ["multiHeadAttention", index.multiHeadAttention, { num_heads: 2 }, /Did you mean heads\?/],
    ["multiHeadAttention", index.multiHeadAttention, { isCausal: true }, /Did you mean causal\?/],
    ["transformerBlock", index.transformerBlock, { dim_feedforward: 8 }, /Did you mean units\?/],
    ["embedding", index.embedding, { embeddingsInitializer: "zeros" }, /Did you mean initializer\?/],
    ["generate", index.generate, { max_new_tokens: 3 }, /Did you mean length\?/],
    ["sweep", index.sweep, { n_trials: 3 }, /Did you mean trials\?/],
    ["sweep", index.sweep, { epochs: 3 }, /Use epochs of fit/],
    ["ensemble", index.ensemble, { n_estimators: 3 }, /Did you mean members\?/],
    ["crossValidate", index.crossValidate, { cv: 5 }, /Did you mean folds\?/],
    ["crossValidate", index.crossValidate, { scoring: "r2" }, /Use metrics of the Trainer/],
    ["learningCurve", index.learningCurve, { train_sizes: [1] }, /Did you mean sizes\?/],
    ["study", index.study, { direction: "maximize" }, /Did you mean mode\?/],
    ["report", index.report, { lang: "es" }, /Did you mean language\?/],
    ["Trainer", index.Trainer, { learningRate: 1 }, /Use learningRate of the optimizer/],
    ["Trainer", index.Trainer, { mixed_precision: true }, /Use precision: "f16" of openDevice/],
    ["fit", training.fit, { learningRate: 1 }, /Use learningRate of the optimizer/],
    ["fit", training.fit, { accumulate_grad_batches: 4 }, /Did you mean microBatchSize\?/],
    ["fit", training.fit, { bucket_boundaries: [4] }, /Did you mean buckets\?/],
    ["fit", training.fit, { steps_per_epoch: 4 }, /Use batchSize/],
    ["findLearningRate", training.findLearningRate, { start_lr: 4 }, /Did you mean from\?/],
    ["predict", training.predict, { softmax: true }, /Did you mean probabilities\?/],
    ["inputGradients", training.inputGradients, { index: 1 }, /Did you mean output\?/],
    [
      "augment",
      (added: Options) => trainer().fit(numbers(), { augment: added }),
      { rotation_range: 9 },
      /mean rotate\?/,
    ],
    ["mnist", (CALLS.data as Record<string, Call>).mnist, { root: "x" }, /Did you mean dataDir\?/],
    ["mnist", (CALLS.data as Record<string, Call>).mnist, { download: true }, /Use nothing: it is downloaded/],
    ["moons", (CALLS.data as Record<string, Call>).moons, { n_samples: 3 }, /Did you mean rows\?/],
    ["blobs", (CALLS.data as Record<string, Call>).blobs, { centers: 3 }, /Did you mean classes\?/],
    ["iris", (CALLS.data as Record<string, Call>).iris, { as_frame: true }, /It takes none/],
    ["tensorboard", files.tensorboard, { log_dir: "x" }, /Did you mean directory\?/],
    ["saveModel", files.saveModel, { include_optimizer: true }, /Did you mean optimizer\?/],
    ["openDevice", index.openDevice, { device: "cuda" }, /Did you mean backend\?/],
    ["clamp", op.clamp, { min: 0 }, /Did you mean low\?/],
    ["sum", op.sum, { keepDims: true }, /Did you mean keepAxes\?/],
    ["max", op.max, { keepdim: true }, /Did you mean keepAxes\?/],
  ])("%s says the one used here for $2", async (where, call, options, message) => {
    const work = async () => call(options as never);
    await expect(work()).rejects.toThrow(new RegExp(`^${where}: there is no option .*${message.source}`));
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "an activation",
      () => dense(3, { activation: "leaky_relu" as never }),
      /there is no "leaky_relu".* Did you mean leakyRelu\?/,
    ],
    ["another", () => dense(3, { activation: "swish" as never }), /Did you mean silu\?/],
    ["softmax", () => dense(3, { activation: "softmax" as never }), /Losses take logits/],
    ["a metric", () => trainer({ metrics: ["acc"] }), /Did you mean accuracy\?/],
    ["an error", () => trainer({ metrics: ["mae"] }), /Did you mean meanAbsoluteError\?/],
    ["a metric alone", () => trainer({ metrics: "accuracy" }), /metrics must be a list.*, got "accuracy"/],
    ["a loss", () => trainer({ loss: "mse" }), /needs a loss, such as softmaxCrossEntropy\(\)/],
    ["a backend", () => neuromotor.openDevice({ backend: "cuda" } as never), /can't be "cuda".* Did you mean webgpu\?/],
    [
      "a score",
      () =>
        neuromotor.earlyStopping({ monitor: "val_loss" }).onStart!(
          { scores: new Map([["loss", "lower"]]) } as never,
          1,
        ),
      /take "loss"/,
    ],
    ["an axis", () => ops.sum(ops.constant(Float32Array.of(1), [1]), { dim: 0 } as never), /needs an axis, or a list/],
    ["a log", () => node.csvLog({ filename: "x" } as never), /needs the name of a file/],
    [
      "labels",
      () => Dataset.from({ inputs: [[1]], outputs: [1] } as never),
      /needs features: a list, .* got undefined/,
    ],
    ["weights", () => neuromotor.softmaxCrossEntropy({ classWeights: [1, Number.NaN] }), /its element 1 is NaN/],
  ])("for %s", async (_, call, message) => {
    await expect((async () => call())()).rejects.toThrow(message);
  });
});

test("options that aren't an object are refused", () => {
  expect(() => adam(null as never)).toThrow(
    /adam: options must be an object such as \{ learningRate: ... \}, got null/,
  );
  expect(() => dense(3, "relu" as never)).toThrow(/dense: options must be an object.*got string/);
  expect(() => ops.clamp(x, { low: 0 } as never)).toThrow(/clamp: high must be a number, got undefined/);
});
