import { optimizerNames } from "../../../index.js";
import { scheduleNames, shortScheduleNames } from "../../training/schedules.js";
import * as kinds from "../kinds.js";
import { group } from "../setting.js";

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
  average: {
    kind: kinds.fraction,
    goes: { to: "wrapper", optimizer: "movingAverage", option: "decay" },
    value: "decay",
    help: "the model gets the moving averages of its parameters, over some 1 / (1 - decay) steps, such as 0.999",
    otherwise: "none",
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
