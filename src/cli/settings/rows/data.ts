import * as kinds from "../kinds.js";
import { group } from "../setting.js";

export type Task = "auto" | "classification" | "regression";
export type Scale = "standard" | "none";

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
