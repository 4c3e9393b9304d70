import type { TokenizerName } from "../../../data/index.js";
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

/** Options on how a text file is written; found in the file where absent. */
export const fileSettings = group("Data", {
  delimiter: {
    kind: kinds.delimiter,
    goes: { to: "data" },
    value: "characters",
    help: "what stands between the fields of the file: ; or :: or tab",
    otherwise: "found in the file",
  },
  quote: {
    kind: kinds.oneOf<"'" | '"'>(["'", '"']),
    goes: { to: "data" },
    value: "character",
    help: "what stands around fields of the file that hold delimiters",
    otherwise: "found in the file",
  },
  header: {
    kind: kinds.choice,
    goes: { to: "data" },
    help: "the first line of the file names its columns; --no-header: it is a row, and they are called column 1, column 2",
    otherwise: "found in the file",
  },
});

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
  text: {
    kind: columnNames,
    goes: { to: "data" },
    value: "columns",
    help: "columns of texts to learn from, token by token",
    otherwise: "none: texts that are no categories are left out",
  },
  dates: {
    kind: kinds.dateOrders,
    goes: { to: "data" },
    value: "orders",
    help: "order of day, month and year in columns of dates: joined=dmy, left=mdy, born=ymd",
    otherwise: "found in each column",
  },
  missing: {
    kind: kinds.names("the marks of gaps, such as -9999,unknown"),
    goes: { to: "data" },
    value: "marks",
    help: "what marks a gap beside NA, null, ? and the like",
  },
  classNames: {
    kind: kinds.names("the names of the classes, such as None,Mild,Severe"),
    goes: { to: "data" },
    value: "names",
    help: "all classes of --target, in this order; one called None or NA is no gap then",
    otherwise: "those of the file, sorted",
  },
  decimal: {
    kind: kinds.oneOf<"." | ",">([".", ","]),
    goes: { to: "data" },
    value: "sign",
    help: "what stands before decimals in the file",
    otherwise: "found in its columns",
  },
});

const wholeNumberOf = (value: string, help: string, otherwise: string) => ({
  kind: kinds.wholeNumber,
  goes: { to: "data" as const },
  value,
  help,
  otherwise,
});

/** Columns of categories that become vectors; the word for all of them. */
export const embedSettings = group("Data", {
  embed: {
    kind: kinds.embedded,
    goes: { to: "data" as const },
    value: "columns",
    help: "columns of names that become vectors which are learned, not a column of 0 and 1 for each name",
    otherwise: "none; all of them where no column is named",
  },
});

/** Options of texts and series, which are learned in their order. */
export const sequenceSettings = group("Data", {
  tokenizer: {
    kind: kinds.oneOf<TokenizerName>(["characters", "words", "bytes", "bytePairs"], { bpe: "bytePairs" }),
    goes: { to: "data" as const },
    value: "name",
    help: "how a text becomes tokens: characters, words, bytes, bytePairs (bpe; pairs of bytes that are learned)",
    otherwise: "characters; words, of columns of texts",
  },
  vocabulary: wholeNumberOf(
    "n",
    "the most tokens, of words and of byte pairs",
    "all words, 10,000 of columns; 512 byte pairs",
  ),
  context: wholeNumberOf("n", "tokens of a text that a row has", "64; of columns, as many as 19 rows of 20 have"),
  window: wholeNumberOf("n", "rows of a series, a file in order of time, that --target is predicted from", "no series"),
  horizon: wholeNumberOf("n", "rows from a window's last to the one that is predicted", "1"),
});

export const dataSettings = {
  ...targetSettings,
  ...embedSettings,
  ...sequenceSettings,
  ...columnSettings,
  ...fileSettings,
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
      help: "height x width that images of a folder are brought to, such as 32x32, or 32x32x1 for grey; of images that are a file's rows of pixels",
      otherwise: "that of the first, in colour",
    },
  }),
};
