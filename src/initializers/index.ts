import { ArgumentError } from "../core/errors.js";
import { checkOptions, didYouMean, type NoOptions, optionsOf } from "../core/options.js";
import type { RandomStream } from "../core/random.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";

/** Draws a parameter's first values. Dense weights are [in, out]; the fans are the sizes of these axes. */
export interface Initializer {
  readonly config: { initializer: string } & Record<string, unknown>;
  /**
   * First values of a parameter.
   *
   * @param shape - of the parameter; the last but one axis is the inputs', the last the outputs'
   * @param random - numbers that depend on the model's seed and the parameter's place alone
   * @returns [...shape], row-major
   */
  values(shape: Shape, random: RandomStream): Float32Array<ArrayBuffer>;
}

type Scale = (fanIn: number, fanOut: number) => number;

const fill = (shape: Shape, draw: () => number) => new Float32Array(sizeOf(shape)).map(draw);

/** Draws with a variance that depends on the fans: uniform in ±√(3 variance), or normal. */
function scaled(name: string, variance: Scale, kind: "uniform" | "normal"): (options?: NoOptions) => Initializer {
  const values: Initializer["values"] = (shape, random) => {
    const fanOut = shape.at(-1) ?? 1;
    const fanIn = Math.max(sizeOf(shape) / fanOut, 1);
    const deviation = Math.sqrt(variance(fanIn, fanOut));
    const limit = Math.sqrt(3) * deviation;
    return kind === "uniform"
      ? fill(shape, () => (2 * random.nextUniform() - 1) * limit)
      : fill(shape, () => random.nextNormal() * deviation);
  };
  return (options) => {
    checkOptions(name, options, {});
    return { config: { initializer: name }, values };
  };
}

const glorot: Scale = (fanIn, fanOut) => 2 / (fanIn + fanOut);
const he: Scale = (fanIn) => 2 / fanIn;
const lecun: Scale = (fanIn) => 1 / fanIn;

/** Uniform with variance 2 / (in + out), also called Xavier (Glorot, Bengio, 2010): for tanh and sigmoid. */
export const glorotUniform = scaled("glorotUniform", glorot, "uniform");
/** Normal with variance 2 / (in + out). */
export const glorotNormal = scaled("glorotNormal", glorot, "normal");
/** Uniform with variance 2 / in, also called Kaiming (He et al., 2015): for ReLU and its kin. */
export const heUniform = scaled("heUniform", he, "uniform");
/** Normal with variance 2 / in. */
export const heNormal = scaled("heNormal", he, "normal");
/** Uniform with variance 1 / in (LeCun et al., 1998): for SELU. */
export const lecunUniform = scaled("lecunUniform", lecun, "uniform");
/** Normal with variance 1 / in. */
export const lecunNormal = scaled("lecunNormal", lecun, "normal");

/** Normal with mean 0 and deviation 1, or as given. @throws ArgumentError when a number isn't finite, or the deviation below 0 */
export function randomNormal(options: { mean?: number; deviation?: number } = {}): Initializer {
  const { mean, deviation } = optionsOf("randomNormal", options, { mean: 0, deviation: 1 });
  if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
    throw new ArgumentError(
      `randomNormal: needs a finite mean and a finite deviation of 0 or more, got ${shown(mean)} and ${shown(deviation)}.`,
    );
  }
  return {
    config: { initializer: "randomNormal", mean, deviation },
    values: (shape, random) => fill(shape, () => mean + deviation * random.nextNormal()),
  };
}

/**
 * Uniform from `minimum` up to `maximum`: 0 to 1, as NumPy's `rand`, or as given.
 *
 * @throws ArgumentError when the bounds aren't finite, or the least isn't below the greatest
 */
export function randomUniform(options: { minimum?: number; maximum?: number } = {}): Initializer {
  const { minimum, maximum } = optionsOf("randomUniform", options, { minimum: 0, maximum: 1 });
  if (!(Number.isFinite(minimum) && Number.isFinite(maximum) && minimum < maximum)) {
    throw new ArgumentError(
      `randomUniform: needs finite bounds, minimum below maximum, got ${shown(minimum)} and ${shown(maximum)}.`,
    );
  }
  return {
    config: { initializer: "randomUniform", minimum, maximum },
    values: (shape, random) => fill(shape, () => minimum + (maximum - minimum) * random.nextUniform()),
  };
}

/**
 * All zeros: right for biases; weights would never become different from each other.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function zeros(options?: NoOptions): Initializer {
  checkOptions("zeros", options, {});
  return constantInitializer(0, { initializer: "zeros" });
}

/** Every element the same. @throws ArgumentError when the value isn't finite */
export function constant(value: number): Initializer {
  if (!Number.isFinite(value)) throw new ArgumentError(`constant: the value must be finite, got ${shown(value)}.`);
  return constantInitializer(value, { initializer: "constant", value });
}

const constantInitializer = (value: number, config: Initializer["config"]): Initializer => ({
  config,
  values: (shape) => fill(shape, () => value),
});

const byName: Record<string, (options: never) => Initializer> = {
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  randomNormal,
  randomUniform,
  zeros,
};

/** Whether an initializer is one of the library's, by the name in its config. */
export const isInitializer = (name: string): boolean => name === "constant" || Object.hasOwn(byName, name);

/** Names that need no options. */
export const initializerNames: readonly string[] = Object.keys(byName);

/** Distribution of each author's paper, where only the author is named. */
const draws: Readonly<Record<string, string>> = { glorot: "Uniform", he: "Normal", lecun: "Normal" };

/** The name of an initializer by its author: Xavier Glorot or Kaiming He by either name, also without what is drawn. */
function byAuthor(name: string): string {
  const family = name.replace(/^xavier/, "glorot").replace(/^kaiming/, "he");
  return Object.hasOwn(draws, family) ? family + draws[family] : family;
}

/** Names by authors, each with the initializer that it stands for. */
export const initializerAliases: Readonly<Record<string, string>> = Object.fromEntries(
  ["glorot", "xavier", "he", "kaiming", "lecun"].flatMap((author) =>
    ["", "Uniform", "Normal"].map((drawn) => [author + drawn, byAuthor(author + drawn)]),
  ),
);

/** An initializer from its name, its saved config, or itself. @throws ArgumentError when there is no such name */
export function toInitializer(given: string | Initializer | Initializer["config"]): Initializer {
  if (typeof given === "object" && typeof (given as Initializer).values === "function") return given as Initializer;
  const config = (typeof given === "string" ? { initializer: given } : given) as Initializer["config"];
  const { initializer, ...options } = config ?? {};
  if (initializer === "constant") return constant(options.value as number);
  const name = byAuthor(`${initializer}`);
  if (Object.hasOwn(byName, name)) return byName[name](options as never);
  throw new ArgumentError(
    `initializer: there is no "${initializer}"; use ${initializerNames.join(", ")}.${didYouMean(name, initializerNames)}`,
  );
}
