import { type ActivationName, activations, initializerNames } from "../../../index.js";
import type { HiddenLayer } from "../../training/layers.js";
import * as kinds from "../kinds.js";
import { group } from "../setting.js";

export const networkSettings = group("Network", {
  layers: {
    kind: kinds.hiddenLayers,
    goes: { to: "layers" },
    value: "sizes",
    alias: "network",
    help: 'hidden layers, such as 128,64; of images "conv 32x3, pool, flatten, 128", or cnn; of texts and series "gru 128", or gru, lstm, rnn, transformer; of columns of texts "embedding 32, average", too',
    default: [32] as readonly HiddenLayer[],
  },
  activation: {
    kind: kinds.oneOf(Object.keys(activations) as ActivationName[]),
    goes: { to: "dense", option: "activation" },
    value: "name",
    help: `of the hidden layers: ${Object.keys(activations).join(", ")}`,
    default: "relu" as ActivationName,
  },
  initializer: {
    kind: kinds.initializer,
    goes: { to: "dense", option: "initializer" },
    value: "name",
    help: `first weights of the hidden layers: ${initializerNames.join(", ")}; also xavier, he, kaiming, ..., and with numbers: "randomUniform -0.05 0.05"`,
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
  inputDropout: {
    kind: kinds.fraction,
    goes: { to: "before", layer: "dropout", option: "rate" },
    value: "rate",
    help: "of the features, 0 to less than 1",
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
