import * as kinds from "../kinds.js";
import { group } from "../setting.js";

export type Task = "auto" | "classification" | "regression";
export type Scale = "standard" | "minmax" | "none";

export const targetSettings = group("Data", {
  target: {
    kind: kinds.text("a column's name"),
    goes: { to: "data" },
    value: "column",
    help: "column of the file to predict",
  },
  weights: {
    kind: kinds.text("a column's name"),
    goes: { to: "data" },
    value: "column",
    help: "column of the file with the weight of each row",
  },
  dataDir: {
    kind: kinds.text("a folder's name"),
    goes: { to: "data" },
    value: "folder",
    help: "folder of the data sets that are downloaded on first use",
    otherwise: "NEUROMOTOR_DATA, or one in your cache",
  },
});

const columnNames = kinds.names("the names of columns, such as age,sex");

/** Options on the columns of a file; the rest is inferred from the file. */
export const columnSettings = group("Data", {
  targets: {
    kind: columnNames,
    goes: { to: "data" },
    value: "columns",
    help: "several columns of numbers to predict at once, in place of --target",
  },
  features: {
    kind: columnNames,
    goes: { to: "data" },
    value: "columns",
    help: "columns of the file to learn from",
    otherwise: "all that are of use",
  },
  ignore: { kind: columnNames, goes: { to: "data" }, value: "columns", help: "columns of the file to leave out" },
  categorical: {
    kind: columnNames,
    goes: { to: "data" },
    value: "columns",
    help: "columns whose values are names, numbers among them",
  },
  numeric: { kind: columnNames, goes: { to: "data" }, value: "columns", help: "columns whose values are numbers" },
  missing: {
    kind: kinds.names("the marks of gaps, such as -9999,unknown"),
    goes: { to: "data" },
    value: "marks",
    help: "what marks a gap beside NA, null, ? and the like",
  },
  decimal: {
    kind: kinds.oneOf<"." | ",">([".", ","]),
    goes: { to: "data" },
    value: "sign",
    help: "what stands before decimals in the file",
    otherwise: "found in its columns",
  },
});

export const dataSettings = {
  ...targetSettings,
  ...columnSettings,
  ...group("Data", {
    task: {
      kind: kinds.oneOf<Task>(["auto", "classification", "regression"]),
      goes: { to: "data" },
      value: "name",
      help: "auto, classification, regression",
      default: "auto" as Task,
    },
    scale: {
      kind: kinds.oneOf<Scale>(["standard", "minmax", "none"]),
      goes: { to: "data" },
      value: "name",
      help: "standard (each feature to mean 0 and deviation 1), minmax (0 to 1; of files), none",
      default: "standard" as Scale,
      before: ({ standardise }) => (standardise === undefined ? undefined : standardise ? "standard" : "none"),
    },
    imageSize: {
      kind: kinds.imageSize,
      goes: { to: "data" },
      value: "size",
      help: "height x width that images of a folder are brought to, such as 32x32, or 32x32x1 for grey",
      otherwise: "that of the first, in colour",
    },
  }),
};
