import { ArgumentError } from "../core/errors.js";
import { checkOptions, type OptionNames } from "../core/options.js";
import { RandomStream, Stream } from "../core/random.js";
import { shown } from "../core/shown.js";

/** A setting's values by name, as one trial has them. */
export type Configuration = Readonly<Record<string, unknown>>;

/** Numbers to draw from, uniformly: from `low` to `high`, both included where they can be. */
export interface Range {
  /** The least. */
  low: number;
  /** The largest. */
  high: number;
  /** Uniform in the logarithm: for rates and penalties. */
  log?: boolean;
  /** Only `low`, `low + step`, `low + 2 step`, ... */
  step?: number;
  /** Only whole numbers. */
  integer?: boolean;
}

/** The values that each setting may have: one of a list, or a number of a range. */
export type Space = Readonly<Record<string, readonly unknown[] | Range>>;

const RANGE: OptionNames<Range> = { low: true, high: true, log: "switch", step: true, integer: "switch" };

/**
 * Every configuration of a grid; the last setting changes fastest.
 *
 * @throws ArgumentError when a setting has no values
 */
export function gridOf(grid: Readonly<Record<string, readonly unknown[]>>): Configuration[] {
  checkNames("grid", grid);
  return Object.entries(grid).reduce<Configuration[]>(
    (sofar, [name, values]) => {
      checkChoices(`grid: ${name}`, values);
      return sofar.flatMap((configuration) => values.map((value) => ({ ...configuration, [name]: value })));
    },
    [{}],
  );
}

/**
 * Configurations at random. Number i depends on the seed, the space and i alone: more trials begin with the same ones.
 *
 * @throws ArgumentError when a setting is neither a list nor a range that makes sense
 */
export function randomOf(space: Space, count: number, seed: number): Configuration[] {
  checkSpace("random", space);
  const names = Object.keys(space);
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      names.map((name, place) => [name, draw(space[name], new RandomStream(seed, Stream.search, i, place))]),
    ),
  );
}

/** @throws ArgumentError when a setting is neither a list nor a range that makes sense */
export function checkSpace(where: string, space: Space): void {
  checkNames(where, space);
  for (const [name, setting] of Object.entries(space)) checkSetting(`${where}: ${name}`, setting);
}

function draw(setting: readonly unknown[] | Range, random: RandomStream): unknown {
  if (isChoices(setting)) return setting[random.nextBelow(setting.length)];
  const { low, high, log = false, integer = false } = setting;
  const step = setting.step ?? (integer ? 1 : undefined);
  const uniform = random.nextUniform();
  if (log) {
    // Whole numbers have half a step on either side, so that the ends are as likely as the others.
    const [from, to] = integer ? [low - 0.5, high + 0.5] : [low, high];
    const value = Math.exp(Math.log(from) + uniform * (Math.log(to) - Math.log(from)));
    return Math.min(high, Math.max(low, integer ? Math.round(value) : value));
  }
  if (step === undefined) return low + uniform * (high - low);
  const steps = Math.floor((high - low) / step + 1e-9) + 1;
  return low + Math.min(steps - 1, Math.floor(uniform * steps)) * step;
}

const isChoices = (setting: readonly unknown[] | Range): setting is readonly unknown[] => Array.isArray(setting);

function checkNames(where: string, space: object): void {
  if (typeof space !== "object" || space === null || Array.isArray(space) || Object.keys(space).length === 0) {
    throw new ArgumentError(`sweep: ${where} must name settings, as { rate: [0.001, 0.01] }.`);
  }
  for (const name of ["seed", "repeat"]) {
    if (name in space) {
      throw new ArgumentError(
        `sweep: ${where} can't have a "${name}": each trial is given one. Use repeats for several.`,
      );
    }
  }
}

function checkChoices(where: string, values: unknown): void {
  if (Array.isArray(values) && values.length > 0) return;
  throw new ArgumentError(`sweep: ${where} must be a list with at least one value, such as [0.001, 0.01].`);
}

function checkSetting(where: string, setting: readonly unknown[] | Range): void {
  if (isChoices(setting)) {
    checkChoices(where, setting);
    return;
  }
  checkOptions(`sweep: ${where}`, setting, RANGE);
  const { low, high, log, step, integer } = setting ?? {};
  const isWhole = !integer || [low, high, step ?? 1].every(Number.isInteger);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high || !isWhole) {
    const kind = integer ? "whole numbers" : "numbers";
    throw new ArgumentError(`sweep: ${where} must be a list or { low, high }, ${kind} with low at most high.`);
  }
  if (log && (low <= 0 || step !== undefined)) {
    throw new ArgumentError(`sweep: ${where}: with log, low must be above 0, and there is no step.`);
  }
  if (step !== undefined && !(step > 0 && Number.isFinite(step))) {
    throw new ArgumentError(`sweep: ${where}: step must be a number above 0, got ${shown(step)}.`);
  }
}
