import { didYouMean } from "../../core/options.js";
import { type Augmentation, checkAugmentation } from "../../data/augmentation/augment.js";
import { DATE_ORDERS, type DateOrder } from "../../data/table/dates.js";
import { ArgumentError, type Initializer, type Range } from "../../index.js";
import { initializerAliases, initializerNames, toInitializer } from "../../initializers/index.js";
import { type HiddenLayer, hiddenLayersOf } from "../training/layers.js";

/** A kind of value: how its text on the command line is read, and written again. */
export interface Kind<T> {
  /** Completes "--lr must be ". */
  readonly expected: string;
  /** Texts of this kind, of different values: all there are, or a few. Tests give each to every option of the kind. */
  readonly examples: readonly string[];
  /** @returns undefined for text that isn't of this kind */
  parse(text: string): T | undefined;
  /** The value as `parse` takes it. */
  format(value: T): string;
  /** The value that the option has where no text follows it, as `--json`. Without it, text must follow. */
  readonly alone?: T;
  /** The value of `--no-` before the option's name, which has no text. Without it, there is no such option. */
  readonly negated?: T;
  /** All texts that there are, where they are names of which another may be meant. */
  readonly names?: readonly string[];
  /** The value of an option that is given twice, where its values are lists. */
  both?(first: T, second: T): T;
  /** True if a text may hold commas; in other kinds a comma separates values. */
  readonly hasCommas?: boolean;
}

const DECIMAL = /^[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const LONGEST_SHOWN = 40;

/** Text as messages show it. */
const shown = (text: string) => JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

/** A finite float32; undefined for any other text: "", "1x", "0x10", "Infinity", "1e999". */
function numberOf(text: string): number | undefined {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(Math.fround(value)) ? value : undefined;
}

/** Numbers that pass a test. */
const numbers = (expected: string, examples: readonly string[], accepts: (value: number) => boolean): Kind<number> => ({
  expected,
  examples,
  parse(text) {
    const value = numberOf(text);
    return value !== undefined && accepts(value) ? value : undefined;
  },
  format: String,
});

/** A number that is above 0 as float32, too. */
export const positive = numbers("a number above 0", ["0.5", "2", "1e-3"], (value) => Math.fround(value) > 0);
export const atLeastZero = numbers("a number, 0 or more", ["0.5", "2"], (value) => value >= 0);
/** A number in [0, 1). */
export const fraction = numbers(
  "a fraction from 0 to less than 1, such as 0.2",
  ["0.2", "0.4"],
  (value) => value >= 0 && value < 1,
);

/** A number in (0, 1]. */
export const aboveZeroToOne = numbers(
  "a number above 0 and up to 1",
  ["0.5", "0.9"],
  (value) => value > 0 && value <= 1,
);

const integers = (expected: string, least: number): Kind<number> => ({
  expected,
  examples: ["2", "3"],
  parse(text) {
    const value = /^(0|[1-9]\d*)$/.test(text) ? Number(text) : -1;
    return Number.isSafeInteger(value) && value >= least ? value : undefined;
  },
  format: String,
});

export const wholeNumber = integers("a whole number above 0", 1);
export const count = integers("a whole number, 0 or more", 0);
/** Decimals of a score. */
export const decimals: Kind<number> = {
  expected: "a whole number from 0 to 15",
  examples: ["1", "4"],
  parse: (text) => (/^\d{1,2}$/.test(text) && Number(text) <= 15 ? Number(text) : undefined),
  format: String,
};

export const seedNumber = integers("a whole number from 0 to 2^53 - 1", 0);

/** A whole number above 0; `alone` where the option stands without one, 0 for `--no-`. */
export const optionalCount = (alone: number): Kind<number> => ({ ...wholeNumber, alone, negated: 0 });

/** Height, width and channels of images from their text: 3 for colour where none are said, 1 for grey. */
export function imageSizeOf(text: string): { size: [height: number, width: number]; channels: 1 | 3 } | undefined {
  const [, height = "", width = "", channels] = /^(\d+)x(\d+)(x[13])?$/.exec(text) ?? [];
  const size = [height, width].map((side) => wholeNumber.parse(side));
  if (size.includes(undefined)) return undefined;
  return { size: size as [number, number], channels: channels === "x1" ? 1 : 3 };
}

/** A text that says the size of images. */
export const imageSize: Kind<string> = {
  expected: "height x width of the images, such as 32x32, or 32x32x1 for grey ones",
  examples: ["4x5", "6x4x1"],
  parse: (text) => (imageSizeOf(text) ? text : undefined),
  format: String,
};

/** Hidden layers: sizes of dense ones, and others by their texts. */
export const hiddenLayers: Kind<readonly HiddenLayer[]> = {
  expected:
    "the sizes of the hidden layers, such as 128,64, or layers such as conv 32x3, conv 32x3 same, pool, flatten, dropout 0.5, " +
    "average, batchNorm, layerNorm, or cnn; of sequences embedding 64, positions, rnn 128, gru 128, lstm 128, transformer 4, " +
    "or rnn, gru, lstm, transformer",
  examples: ["7,5", "9"],
  hasCommas: true,
  parse: hiddenLayersOf,
  format: String,
};

/** Whole numbers above 0, commas between them. @param what - "sizes, such as 8,16" */
export const wholeNumbers = (what: string): Kind<readonly number[]> => ({
  expected: what,
  examples: ["4", "3,5"],
  hasCommas: true,
  parse(text) {
    const numbers = text.split(",").map((each) => wholeNumber.parse(each.trim()));
    return numbers.every((number) => number !== undefined) ? numbers : undefined;
  },
  format: String,
});

/** Weights of the classes, or the word for weights by how rare each class is. */
export const classWeights: Kind<"balanced" | readonly number[]> = {
  expected: "balanced, or a number of 0 or more for each class, such as 1,2,5",
  examples: ["balanced", "1,2,5"],
  hasCommas: true,
  parse(text) {
    if (text === "balanced") return text;
    const weights = text.split(",").map((weight) => atLeastZero.parse(weight.trim()));
    return weights.every((weight) => weight !== undefined) ? weights : undefined;
  },
  format: String,
};

/** Augmentation from its text: names with numbers, or alone. */
export const augmentationOf = (text: string): Augmentation =>
  Object.fromEntries(
    text.split(",").map((each) => {
      const [name, value] = each.split("=").map((part) => part.trim());
      return [name, value !== undefined ? numberOf(value) : name === "flip" || undefined];
    }),
  );

/** A text that says how images are changed. */
export const augmentation: Kind<string> = {
  expected: "changes with their sizes, such as shift=2,rotate=10,scale=0.1,elastic=1,flip",
  examples: ["shift=2,flip", "rotate=10,scale=0.1,elastic=1,noise=0.1,cutout=4"],
  hasCommas: true,
  parse(text) {
    try {
      checkAugmentation(augmentationOf(text), [1, 1, 1]);
      return text;
    } catch {
      return undefined;
    }
  },
  format: String,
};

/**
 * One of some names.
 *
 * @param also - other spellings, each with the name that it stands for
 */
export const oneOf = <T extends string>(names: readonly T[], also: Readonly<Record<string, T>> = {}): Kind<T> => ({
  expected: `one of ${names.join(", ")}`,
  examples: names,
  names,
  parse: (text) => (names.includes(text as T) ? (text as T) : Object.hasOwn(also, text) ? also[text] : undefined),
  format: String,
});

/** Numbers of initializers that have some, in the order in which they are written. */
const NUMBERS_OF: Readonly<Record<string, readonly string[]>> = {
  randomUniform: ["minimum", "maximum"],
  randomNormal: ["mean", "deviation"],
};

/** An initializer by its name, or with its numbers: "randomUniform -0.05 0.05". */
export const initializer: Kind<string | Initializer["config"]> = {
  expected: `one of ${initializerNames.join(", ")}, or randomUniform -0.05 0.05, or randomNormal 0 0.1`,
  examples: [...initializerNames, "randomUniform -0.05 0.05", "randomNormal 0.5 2"],
  parse(text) {
    const [name, ...texts] = text.trim().split(/\s+/);
    if (texts.length === 0) return oneOf(initializerNames, initializerAliases).parse(name);
    const names = Object.hasOwn(NUMBERS_OF, name) ? NUMBERS_OF[name] : [];
    const numbers = texts.map(numberOf);
    if (numbers.length !== names.length) return undefined;
    try {
      return toInitializer({ initializer: name, ...Object.fromEntries(names.map((each, i) => [each, numbers[i]])) })
        .config;
    } catch {
      return undefined;
    }
  },
  format: (given) =>
    typeof given === "string"
      ? given
      : [given.initializer, ...NUMBERS_OF[given.initializer].map((name) => given[name])].join(" "),
};

/** Any text but none, such as a path or a column's name. @param what - "a folder's name" */
export const text = (what: string): Kind<string> => ({
  expected: what,
  examples: ["a", "b"],
  hasCommas: true,
  parse: (given) => (given.trim() === "" ? undefined : given),
  format: String,
});

/** Characters between fields of a file. */
export const delimiter: Kind<string> = {
  expected: "the characters between fields, such as ; or ::, or tab",
  examples: [":", "::"],
  hasCommas: true,
  parse: (given) => (given === "" || /["\r\n]/.test(given) ? undefined : /^(tab|\\t)$/.test(given) ? "\t" : given),
  format: (given) => (given === "\t" ? "tab" : given),
};

/** The URL of a server; its password isn't written again. */
export const serverUrl: Kind<string> = {
  ...text("the URL of a Redis server"),
  examples: ["redis://localhost:6379", "rediss://queue.example/1"],
  format: (given) => (URL.canParse(given) ? given.replace(/\/\/[^@/]*@/, "//:***@") : given),
};

/** Several names, commas between them; one that holds a comma stands in double quotes. */
export const names = (what: string): Kind<readonly string[]> => ({
  expected: what,
  examples: ["a", 'a,"b, with comma"'],
  hasCommas: true,
  parse(given) {
    const list = [...given.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)].map(([, quoted, plain]) =>
      quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'),
    );
    return list.length > 0 && list.every((name) => name !== "") ? list : undefined;
  },
  both: (first, second) => [...new Set([...first, ...second])],
  format: (list) => list.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(),
});

/** The orders of day and month in columns, from their texts: "joined=dmy". */
export const datesOf = (texts: readonly string[]): Readonly<Record<string, DateOrder>> =>
  Object.fromEntries(texts.map((text) => [text.slice(0, text.lastIndexOf("=")), text.split("=").at(-1) as DateOrder]));

/** Columns, each with the order in which its dates are written. */
export const dateOrders: Kind<readonly string[]> = {
  ...names("columns with the order of their dates, such as joined=dmy,left=mdy"),
  examples: ["a=dmy", 'a=ymd,"b, with comma=mdy"'],
  parse(given) {
    const list = names("").parse(given);
    const isOrder = (text: string) => DATE_ORDERS.some((order) => text.length > 4 && text.endsWith(`=${order}`));
    return list?.every(isOrder) ? list : undefined;
  },
};

/** Names of columns, or "all" of their kind. */
export const embedded: Kind<"all" | readonly string[]> = {
  ...names("names of columns, such as Sex,Embarked, or all"),
  examples: ["all", "a"],
  alone: "all",
  parse: (given) => (given === "all" ? given : names("").parse(given)),
  both: (first, second) => (first === "all" || second === "all" ? "all" : names("").both!(first, second)),
  format: (value) => (value === "all" ? value : names("").format(value)),
};

/** Values that a search takes of an option: texts, or numbers of a range. */
export interface SearchedText {
  option: string;
  values: readonly string[] | Range;
}

const RANGE = /^([^|]+?)\.\.([^|:]+)((?::(?:log|integer))*)$/;

/** One option of a search: "lr=1e-4..0.1:log", "layers=16|64,32". */
function searchedOption(text: string): SearchedText | undefined {
  const [, option, values = ""] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (option === undefined) return undefined;
  const [, from, to, how = ""] = RANGE.exec(values) ?? [];
  if (from === undefined) {
    const texts = values.split("|").map((each) => each.trim());
    return texts.every((each) => each !== "") ? { option, values: texts } : undefined;
  }
  const [low, high] = [numberOf(from), numberOf(to)];
  if (low === undefined || high === undefined || low > high) return undefined;
  const range = {
    low,
    high,
    ...(how.includes("log") && { log: true }),
    ...(how.includes("integer") && { integer: true }),
  };
  return { option, values: range };
}

/** Options with the values that a search takes of them. */
export const searched: Kind<readonly SearchedText[]> = {
  expected: 'options with ranges or choices, such as "lr=1e-4..0.1:log dropout=0..0.5 layers=16|64,32"',
  examples: ["lr=1e-4..0.1:log dropout=0..0.5", "layers=8|16,8 optimizer=adam|sgd"],
  hasCommas: true,
  parse(given) {
    const list = given
      .trim()
      .split(/[;\s]+(?=[\w-]+=)/)
      .map((each) => searchedOption(each.replace(/[;\s]+$/, "")));
    return list.length > 0 && list.every((each) => each !== undefined) ? list : undefined;
  },
  both: (first, second) => [...first, ...second],
  format: (list) =>
    list
      .map(({ option, values }) => {
        if (!("low" in values)) return `${option}=${values.join("|")}`;
        const { low, high, log, integer } = values;
        return `${option}=${low}..${high}${log ? ":log" : ""}${integer ? ":integer" : ""}`;
      })
      .join(" "),
};

/** The name of one folder, without a path. */
export const folderName: Kind<string> = {
  ...text("a name without / and \\"),
  parse: (given) => (/^[^/\\]*[^/\\.\s][^/\\]*$/.test(given) ? given : undefined),
};

/** On where the option is given. */
export const flag: Kind<boolean> = {
  expected: "given alone",
  examples: ["true"],
  alone: true,
  parse: (given) => (given === "true" ? true : given === "false" ? false : undefined),
  format: String,
};

/** On, off by `--no-`, or neither. */
export const choice: Kind<boolean> = { ...flag, negated: false };

/** @param option - the option that the text was given for, such as "--lr" @throws ArgumentError when it isn't of the kind */
export function parseAs<T>(kind: Kind<T>, option: string, given: string): T {
  const value = kind.parse(given);
  if (value !== undefined) return value;
  // An option whose text may be left out takes the next argument for it.
  const advice = kind.alone !== undefined && !/^[\d.+-]/.test(given) ? ` Put DATA before ${option}.` : "";
  throw new ArgumentError(
    `${option} must be ${kind.expected}, got ${shown(given)}.${advice}${didYouMean(given, kind.names ?? [])}`,
  );
}
