import {
  type ActivationName,
  activations,
  type BackendName,
  earlyStopping,
  initializerNames,
  lossNames,
  optimizerNames,
} from "../../index.js";
import { classWeightsOf } from "../training/class-weights.js";
import { scheduleNames, shortScheduleNames } from "../training/schedules.js";
import * as kinds from "./kinds.js";
import { presetNames } from "./presets.js";
import { type Destination, goingTo, group, type Values } from "./setting.js";

/*
 * The options that several commands take, a row each. Everything about an option follows from its row: how its text is
 * read, its help, where its value goes, how it is saved, how a resumed run checks it, and a test that the value arrives.
 */

export type BackendChoice = "auto" | BackendName;
export type Task = "auto" | "classification" | "regression";
export type Scale = "standard" | "none";

/** Settings of an older release kept the options of losses apart. */
const lossOption = (name: string) => (saved: Readonly<Record<string, unknown>>) =>
  (saved.lossOptions as Record<string, unknown> | undefined)?.[name];

export const targetSettings = group("Data", {
  target: {
    kind: kinds.text("a column's name"),
    goes: { to: "data" },
    value: "column",
    help: "column of the CSV file to predict",
  },
  weights: {
    kind: kinds.text("a column's name"),
    goes: { to: "data" },
    value: "column",
    help: "column of the CSV file with the weight of each row",
  },
});

export const dataSettings = {
  ...targetSettings,
  ...group("Data", {
    task: {
      kind: kinds.oneOf<Task>(["auto", "classification", "regression"]),
      goes: { to: "data" },
      value: "name",
      help: "auto, classification, regression",
      default: "auto" as Task,
    },
    scale: {
      kind: kinds.oneOf<Scale>(["standard", "none"]),
      goes: { to: "data" },
      value: "name",
      help: "standard (each feature to mean 0 and deviation 1), none",
      default: "standard" as Scale,
      before: ({ standardise }) => (standardise === undefined ? undefined : standardise ? "standard" : "none"),
    },
  }),
};

export const networkSettings = group("Network", {
  layers: {
    kind: kinds.layerSizes,
    goes: { to: "layers" },
    value: "sizes",
    help: "hidden layers, such as 128,64",
    default: [32] as readonly number[],
  },
  activation: {
    kind: kinds.oneOf(Object.keys(activations) as ActivationName[]),
    goes: { to: "dense", option: "activation" },
    value: "name",
    help: `of the hidden layers: ${Object.keys(activations).join(", ")}`,
    default: "relu" as ActivationName,
  },
  initializer: {
    kind: kinds.oneOf(initializerNames),
    goes: { to: "dense", option: "initializer" },
    value: "name",
    help: `first weights of the hidden layers: ${initializerNames.join(", ")}`,
    otherwise: "by the activation",
    short: "init",
  },
  dropout: {
    kind: kinds.fraction,
    goes: { to: "after", layer: "dropout", option: "rate" },
    value: "rate",
    help: "after each hidden layer, 0 to less than 1",
    default: 0,
  },
  inputNoise: {
    kind: kinds.atLeastZero,
    goes: { to: "before", layer: "gaussianNoise", option: "deviation" },
    value: "deviation",
    help: "added to the (scaled) features while training",
    default: 0,
  },
});

export const lossSettings = group("Loss", {
  loss: {
    kind: kinds.oneOf(lossNames),
    goes: { to: "loss", option: "loss" },
    value: "name",
    help: lossNames.join(", "),
    otherwise: "softmaxCrossEntropy for classes, meanSquaredError for numbers",
  },
  labelSmoothing: {
    kind: kinds.fraction,
    goes: { to: "loss", option: "labelSmoothing" },
    value: "share",
    help: "share of the target spread over all classes",
    before: lossOption("labelSmoothing"),
  },
  classWeights: {
    kind: kinds.classWeights,
    goes: { to: "loss", option: "classWeights", from: classWeightsOf },
    value: "weights",
    help: "how much each class counts, in the report's order, such as 1,2,5; balanced: rare classes more",
    otherwise: "all alike",
  },
  positiveWeight: {
    kind: kinds.positive,
    goes: { to: "loss", option: "positiveWeight" },
    value: "factor",
    help: "how much a yes counts, where a no counts 1",
    before: lossOption("positiveWeight"),
  },
  gamma: {
    kind: kinds.atLeastZero,
    goes: { to: "loss", option: "gamma" },
    value: "power",
    help: "how strongly rows that are right already are passed over",
    before: lossOption("gamma"),
  },
  alpha: {
    kind: kinds.fraction,
    goes: { to: "loss", option: "alpha" },
    value: "weight",
    help: "weight of a yes, 1 - alpha being that of a no",
    before: lossOption("alpha"),
  },
  delta: {
    kind: kinds.positive,
    goes: { to: "loss", option: "delta" },
    value: "distance",
    help: "where squares turn into lines, in deviations of the target",
    before: lossOption("delta"),
  },
});

export const optimizerSettings = group("Optimizer", {
  optimizer: {
    kind: kinds.oneOf(optimizerNames),
    goes: { to: "optimizer", option: "optimizer" },
    value: "name",
    help: optimizerNames.join(", "),
    default: "adam",
  },
  learningRate: {
    kind: kinds.positive,
    goes: { to: "optimizer", option: "learningRate" },
    value: "rate",
    help: "learning rate",
    short: "lr",
  },
  beta1: {
    kind: kinds.fraction,
    goes: { to: "optimizer", option: "beta1" },
    value: "factor",
    help: "decay of the mean gradient",
  },
  beta2: {
    kind: kinds.fraction,
    goes: { to: "optimizer", option: "beta2" },
    value: "factor",
    help: "decay of the mean squared gradient",
  },
  epsilon: {
    kind: kinds.atLeastZero,
    goes: { to: "optimizer", option: "epsilon" },
    value: "number",
    help: "added to the root of the mean squared gradient",
  },
  momentum: {
    kind: kinds.fraction,
    goes: { to: "optimizer", option: "momentum" },
    value: "factor",
    help: "share of the last step that is kept",
  },
  dampening: {
    kind: kinds.fraction,
    goes: { to: "optimizer", option: "dampening" },
    value: "factor",
    help: "share of the gradient that momentum leaves out; as much as the momentum makes a moving average",
  },
  weightDecay: {
    kind: kinds.atLeastZero,
    goes: { to: "optimizer", option: "weightDecay" },
    value: "factor",
    help: "L2 penalty; beside the gradient for those that decay weights so (adamw, lion)",
    short: "l2",
    before: ({ l2 }) => l2,
  },
  maxNorm: {
    kind: kinds.positive,
    goes: { to: "wrapper", optimizer: "maxNorm", option: "limit" },
    value: "limit",
    help: "longest norm of the weights of each unit",
    otherwise: "any",
  },
  clipNorm: {
    kind: kinds.positive,
    goes: { to: "gradients", rule: "clipByGlobalNorm", option: "limit" },
    value: "limit",
    help: "longest norm of each step's gradients, all taken as one",
    otherwise: "any",
  },
  schedule: {
    kind: kinds.oneOf(scheduleNames, shortScheduleNames),
    goes: { to: "schedule" },
    value: "name",
    help: `learning rate over the epochs: ${scheduleNames.join(", ")}; for short ${Object.keys(shortScheduleNames).join(", ")}`,
    default: "constant",
  },
});

export const fitSettings = group("Training", {
  epochs: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "epochs" },
    value: "n",
    help: "passes over the training part, at most",
    default: 100,
  },
  batchSize: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "batchSize" },
    value: "n",
    help: "rows per step",
    default: 32,
  },
  microBatchSize: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "microBatchSize" },
    value: "n",
    help: "rows of a batch at a time, where all don't fit",
    otherwise: "all",
    short: "micro-batch",
  },
  validation: {
    kind: kinds.fraction,
    goes: { to: "split", part: "validation" },
    value: "fraction",
    help: "of the rows, to watch while training; 0 for none",
    default: 0,
  },
  test: {
    kind: kinds.fraction,
    goes: { to: "split", part: "test" },
    value: "fraction",
    help: "of the rows, held out for the report; 0 for none",
    default: 0.2,
  },
});

export const earlyStoppingSettings = group("Training", {
  earlyStopping: {
    kind: kinds.optionalCount(10),
    goes: { to: "callbacks", callback: (patience: number) => earlyStopping({ patience }) },
    value: "patience",
    help: "stop after so many epochs without a better validation loss, and go back to the best",
    default: 0,
    before: ({ patience }) => patience,
  },
});

/** Settings that are saved with a model. */
export const modelSettings = {
  ...group("Data", { scale: dataSettings.scale }),
  ...networkSettings,
  ...lossSettings,
  ...optimizerSettings,
  ...fitSettings,
  ...earlyStoppingSettings,
};

/** Settings of a training. */
export type Settings = Values<typeof modelSettings>;

/** The settings that go to one place and have a value. @param to - "fit", "loss", ... */
export const settingsTo = <To extends Destination["to"]>(settings: Settings, to: To) =>
  goingTo(modelSettings, settings, to);

/** Options of the hidden layers or of `fit`, by their names there. */
export const optionsTo = (settings: Settings, to: "dense" | "fit"): Record<string, unknown> =>
  Object.fromEntries(settingsTo(settings, to).map(({ goes, value }) => [goes.option, value]));

export const presetSettings = group("Training", {
  preset: {
    kind: kinds.oneOf(["auto", "none", ...presetNames]),
    goes: { to: "command" },
    value: "name",
    help:
      `settings that nobody asked for: auto (the data set's own), none, ${presetNames.join(", ")}; ` +
      "a network, loss or optimizer of your own leaves out what was tuned for the preset's",
    default: "auto",
  },
});

/** Options of all commands that train a model. */
export const trainingSettings = {
  ...dataSettings,
  ...networkSettings,
  ...lossSettings,
  ...optimizerSettings,
  ...fitSettings,
  ...presetSettings,
};

export const reportSettings = group("Output", {
  digits: {
    kind: kinds.decimals,
    goes: { to: "command" },
    value: "n",
    help: "decimals of the report's scores",
    otherwise: "2 for classes",
  },
});

/** Options of all commands that compute. */
export const commonSettings = group("Run", {
  backend: {
    kind: kinds.oneOf<BackendChoice>(["auto", "webgpu", "wasm", "cpu"]),
    goes: { to: "command" },
    value: "name",
    help: "auto (a hardware GPU, else wasm), webgpu, wasm (the CPU, fast) or cpu (the reference)",
    default: "auto" as BackendChoice,
  },
  seed: {
    kind: kinds.seedNumber,
    goes: { to: "seed" },
    value: "n",
    help: "of the split, first weights, shuffles and dropout",
    default: 0,
  },
  json: {
    kind: kinds.flag,
    goes: { to: "command" },
    help: "print one JSON object and nothing else on standard output",
  },
  quiet: { kind: kinds.flag, goes: { to: "command" }, help: "print the result only" },
});
