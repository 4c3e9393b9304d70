import { lossNames } from "../../../index.js";
import { classWeightsOf } from "../../training/class-weights.js";
import * as kinds from "../kinds.js";
import { group } from "../setting.js";

/** Settings of an older release kept the options of losses apart. */
const lossOption = (name: string) => (saved: Readonly<Record<string, unknown>>) =>
  (saved.lossOptions as Record<string, unknown> | undefined)?.[name];

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
