import type { RandomStream } from "../core/random.js";
import type { Range } from "./space.js";

/** A setting as searches see it: a list of choices, or a line of numbers that a value lies on. */
export type Setting = readonly unknown[] | Range;

/** The line that a range's values lie on: their logarithms, where it is logarithmic. */
export interface Line {
  low: number;
  high: number;
  /** The value at a point of the line, rounded to one that the setting may have. */
  value(point: number): unknown;
  /** The point of a value. */
  point(value: unknown): number;
  /** Half of the way between values that may be had, about a point: [point, point] where any may. */
  around(point: number): [low: number, high: number];
}

/** The line of a range. Steps reach half a step beyond its ends, so that these are as likely as the others. */
export function lineOf({ low, high, log = false, integer = false, step: given }: Range): Line {
  const step = given ?? (integer ? 1 : undefined);
  const scaled = (value: number) => (log ? Math.log(value) : value);
  const unscaled = (point: number) => (log ? Math.exp(point) : point);
  if (step === undefined) {
    return {
      low: scaled(low),
      high: scaled(high),
      value: (point) => Math.min(high, Math.max(low, unscaled(point))),
      point: (value) => scaled(value as number),
      around: (point) => [point, point],
    };
  }
  const last = Math.floor((high - low) / step + 1e-9);
  const nearest = (point: number) => Math.min(last, Math.max(0, Math.round((unscaled(point) - low) / step)));
  return {
    low: scaled(low - step / 2),
    high: scaled(low + (last + 0.5) * step),
    value: (point) => low + nearest(point) * step,
    point: (value) => scaled(value as number),
    around(point) {
      const value = low + nearest(point) * step;
      return [scaled(value - step / 2), scaled(value + step / 2)];
    },
  };
}

export const isChoices = (setting: Setting): setting is readonly unknown[] => Array.isArray(setting);

/** The value of a setting at a share of its line or list, in [0, 1). */
export function valueAt(setting: Setting, share: number): unknown {
  if (isChoices(setting)) return setting[Math.floor(share * setting.length)];
  const line = lineOf(setting);
  return line.value(line.low + share * (line.high - line.low));
}

/** A value drawn uniformly. */
export const drawn = (setting: Setting, random: RandomStream): unknown =>
  isChoices(setting) ? setting[random.nextBelow(setting.length)] : valueAt(setting, random.nextUniform());
