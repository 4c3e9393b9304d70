import type { Command } from "commander";
import { ArgumentError, type BackendName } from "../index.js";

export type BackendChoice = "auto" | BackendName;

export interface CommonOptions {
  json?: boolean;
  quiet?: boolean;
  backend: BackendChoice;
  seed: number;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BACKENDS = ["auto", "webgpu", "wasm", "cpu"];

const shown = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

function wrong(option: string, expected: string, text: string): ArgumentError {
  return new ArgumentError(`${option} must be ${expected}, got ${shown(text)}.`);
}

/** A finite float32, NaN for any other text: "", "1x", "0x10", "Infinity", "1e999". */
function numberOf(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(Math.fround(value)) ? value : Number.NaN;
}

/** A number above 0, which it also is as float32. */
export const positive = (option: string) => (text: string) => {
  const value = numberOf(text);
  if (!(Math.fround(value) > 0)) throw wrong(option, "a number above 0", text);
  return value;
};

/** A number from 0 up. */
export const atLeastZero = (option: string) => (text: string) => {
  const value = numberOf(text);
  if (!(value >= 0)) throw wrong(option, "a number, 0 or more", text);
  return value;
};

/** A number in [0, 1). */
export const fraction = (option: string) => (text: string) => {
  const value = numberOf(text);
  if (!(value >= 0 && value < 1)) throw wrong(option, "a fraction from 0 to less than 1, such as 0.2", text);
  return value;
};

/** A whole number from 1 up. */
export const wholeNumber = (option: string) => (text: string) => {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(value) || value < 1) throw wrong(option, "a whole number above 0", text);
  return value;
};

/** An optional whole number, which takes DATA for its own where DATA comes after it. */
export const patience = (option: string) => (text: string) => {
  try {
    return wholeNumber(option)(text);
  } catch (error) {
    if (/^[\d.+-]/.test(text)) throw error;
    throw new ArgumentError(`${(error as Error).message} Put DATA before ${option}.`);
  }
};

/** Sizes of hidden layers: "128,64". */
export const layerSizes = (option: string) => (text: string) => {
  const sizes = text.split(",").map((size) => (/^ *\d+ *$/.test(size) ? Number(size) : 0));
  if (!sizes.every((size) => size >= 1 && size <= 1e6)) {
    throw wrong(option, "the sizes of the hidden layers, such as 128,64", text);
  }
  return sizes;
};

/** One of some names. */
export const oneOf =
  <T extends string>(option: string, names: readonly T[]) =>
  (text: string): T => {
    if (!names.includes(text as T)) throw wrong(option, `one of ${names.join(", ")}`, text);
    return text as T;
  };

/** A path or name: any text but none. */
export const text = (option: string, what: string) => (given: string) => {
  if (given.trim() === "") throw wrong(option, what, given);
  return given;
};

function seedOf(given: string): number {
  const seed = /^\d+$/.test(given) ? Number(given) : -1;
  if (!Number.isSafeInteger(seed) || seed < 0) throw wrong("--seed", "a whole number from 0 to 2^53 - 1", given);
  return seed;
}

/** The options that every command takes, after its own. */
export function addCommonOptions(command: Command): Command {
  return command
    .option(
      "--backend <name>",
      "auto (a hardware GPU, else wasm), webgpu, wasm (the CPU, fast) or cpu (the reference)",
      oneOf("--backend", BACKENDS) as (given: string) => BackendChoice,
      "auto" as BackendChoice,
    )
    .option("--seed <n>", "of the split, first weights, shuffles and dropout", seedOf, 0)
    .option("--json", "print one JSON object and nothing else on standard output")
    .option("--quiet", "print the result only")
    .helpOption("-h, --help", "show this help");
}
