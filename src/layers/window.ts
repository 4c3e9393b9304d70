import { ArgumentError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import type { Pair, Window } from "../ops/unfold.js";

/*
 * The windows of layers on images, as users give them.
 */

/** One number for both sides, or height and width. */
export type Size = number | Pair;

/**
 * Zeros around an image: none ("valid"), as many as keep the size at a stride of 1 ("same", as in Keras: the odd one comes
 * last), a number for all sides, [y, x], or [top, bottom, left, right].
 */
export type Padding = "same" | "valid" | number | Pair | readonly [number, number, number, number];

export interface WindowOptions {
  /** From one window to the next; 1. */
  stride?: Size;
  /** "valid" where absent. */
  padding?: Padding;
  /** From one element of the kernel to the next; 1. */
  dilation?: Size;
}

/** Zeros before and after: top, bottom, left, right. */
export type Margins = readonly [number, number, number, number];

/** Windows before the images' size is known. */
export interface WindowSettings {
  kernel: Pair;
  stride: Pair;
  dilation: Pair;
  padding: "same" | Margins;
}

/** @throws ArgumentError naming the layer and the option when a number isn't whole or too small */
export const windowSettings = (
  layer: string,
  kernel: Size,
  { stride = 1, padding = "valid", dilation = 1 }: WindowOptions,
): WindowSettings => ({
  kernel: pairOf(layer, "kernel", kernel, 1),
  stride: pairOf(layer, "stride", stride, 1),
  dilation: pairOf(layer, "dilation", dilation, 1),
  padding: padding === "same" ? "same" : marginsOf(layer, "padding", padding === "valid" ? 0 : padding),
});

/** A number for both sides of images, or one for each. @throws ArgumentError when one isn't whole or below `least` */
export function pairOf(layer: string, option: string, value: Size, least: number): Pair {
  const pair = typeof value === "number" ? [value, value] : value;
  if (Array.isArray(pair) && pair.length === 2 && areWhole(pair, least)) return pair as unknown as Pair;
  throw new ArgumentError(
    `${layer}: ${option} must be a whole number from ${least} on, or [height, width] of them, got ${shown(value)}.`,
  );
}

/** @throws ArgumentError when they aren't whole numbers from 0 on */
export function marginsOf(layer: string, option: string, value: number | readonly number[]): Margins {
  const given = typeof value === "number" ? [value, value] : value;
  const all = Array.isArray(given) && given.length === 2 ? [given[0], given[0], given[1], given[1]] : given;
  if (Array.isArray(all) && all.length === 4 && areWhole(all, 0)) return all as unknown as Margins;
  const words = option === "padding" ? '"same", "valid", ' : "";
  throw new ArgumentError(
    `${layer}: ${option} must be ${words}a whole number from 0 on, [y, x] or [top, bottom, left, right], ` +
      `got ${shown(value)}.`,
  );
}

const areWhole = (numbers: readonly unknown[], least: number) =>
  numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= least);

/**
 * The windows on images of a size.
 *
 * @param layer - kind and name, for messages
 * @throws ShapeError when no window fits
 */
export function windowOn(layer: string, settings: WindowSettings, size: Pair): Window {
  const { kernel, stride, dilation } = settings;
  const reach = [0, 1].map((side) => dilation[side] * (kernel[side] - 1) + 1);
  const [top, bottom, left, right] = marginsOn(settings, size);
  const [before, after] = [
    [top, left],
    [bottom, right],
  ];
  const output = [0, 1].map(
    (side) => Math.floor((size[side] + before[side] + after[side] - reach[side]) / stride[side]) + 1,
  );
  if (output.some((count) => count < 1)) {
    throw new ShapeError(
      `${layer}: a kernel that reaches over [${reach.join(", ")}] doesn't fit images of [${size.join(", ")}] with ` +
        `padding [${[top, bottom, left, right].join(", ")}]: nothing would be left. Use padding: "same", a smaller kernel ` +
        "or dilation, or fewer pools before it.",
    );
  }
  const pair = (numbers: readonly number[]) => numbers as unknown as Pair;
  return { kernel, stride, dilation, before: pair(before), output: pair(output) };
}

function marginsOn({ kernel, stride, dilation, padding }: WindowSettings, size: Pair): Margins {
  if (padding !== "same") return padding;
  const [vertical, horizontal] = [0, 1].map((side) => {
    const windows = Math.ceil(size[side] / stride[side]);
    const total = Math.max((windows - 1) * stride[side] + dilation[side] * (kernel[side] - 1) + 1 - size[side], 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  return [vertical[0], vertical[1], horizontal[0], horizontal[1]];
}

/** Height, width and channels of images. @throws ShapeError when the input is something else, with the remedy */
export function imagesOf(layer: string, { shape }: Tensor): [height: number, width: number, channels: number] {
  if (shape.length === 4) return [shape[1], shape[2], shape[3]];
  const remedy = shape.length === 3 ? `reshape([${shape[1]}, ${shape[2]}, 1])` : "reshape([height, width, channels])";
  throw new ShapeError(
    `${layer}: input must be images [batch, height, width, channels], got ${withBatch(shape)}. Put ${remedy} before it.`,
  );
}

/** A traced shape as users know it: the batch by its name. */
export const withBatch = (shape: Shape): string => formatShape(shape).replace(/^\[\d+/, "[batch");
