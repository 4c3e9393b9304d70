import { ShapeError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "./layout.js";
import { broadcastTo } from "./sum.js";
import { type Pair, WINDOW, type Window } from "./unfold.js";

/*
 * Convolutions of each channel on its own, for which products would waste their tiles.
 */

interface OnImages extends Window {
  /** Height and width of the images. */
  size: Pair;
}

const ON_IMAGES = { ...WINDOW, size: true } as const;

const taps = ({ kernel: [height, width] }: Window) => height * width;
const largestTerm = (a: number, b: number) => a * b;

export const depthwiseOp: OpFunction<OnImages> = defineOp("depthwise", {
  attributes: ON_IMAGES,
  ofProducts: true,
  error: { terms: (_, window) => taps(window), summed: largestTerm },
  shape: ([x], { output }) => [x.shape[0], ...output, x.shape[3]],
  gradient: (dy, [x, weight], _, window) => [
    depthwiseInputGradient(dy, weight, window),
    depthwiseWeightGradient(dy, x, window),
  ],
});

/** dx of a depthwise convolution, by dy and its weight. */
export const depthwiseInputGradient: OpFunction<OnImages> = defineOp("depthwiseInputGradient", {
  attributes: ON_IMAGES,
  ofProducts: true,
  error: { terms: (_, window) => taps(window), summed: largestTerm },
  shape: ([dy], { size }) => [dy.shape[0], ...size, dy.shape[3]],
  gradient: (d, [dy, weight], _, window) => [depthwiseOp(d, weight, window), depthwiseWeightGradient(dy, d, window)],
});

/** dw of a depthwise convolution, by dy and its images. */
export const depthwiseWeightGradient: OpFunction<OnImages> = defineOp("depthwiseWeightGradient", {
  attributes: ON_IMAGES,
  ofProducts: true,
  error: { terms: ([dy]) => dy[0] * dy[1] * dy[2], summed: largestTerm },
  shape: ([dy], { kernel }) => [...kernel, dy.shape[3]],
  gradient: (d, [dy, x], _, window) => [depthwiseOp(x, d, window), depthwiseInputGradient(dy, d, window)],
});

/**
 * Convolution of each channel on its own: y[n, oy, ox, c m + i] = Σ x[n, oy s + ky d - before, ..., c] w[ky, kx, c, i].
 *
 * @param x - [batch, height, width, channels]
 * @param weight - [kernel height, kernel width, channels, m]: each channel gives m
 * @returns [batch, ...window.output, channels m]
 * @throws ShapeError when the weight doesn't fit the images or the window
 */
export function depthwiseConv2d(x: Tensor, weight: Tensor, window: Window): Tensor {
  const [images, height, width, channels] = x.shape;
  const [kernelY, kernelX, own, multiplier] = weight.shape;
  const isKernel = kernelY === window.kernel[0] && kernelX === window.kernel[1] && own === channels;
  if (x.shape.length !== 4 || weight.shape.length !== 4 || !isKernel) {
    throw new ShapeError(
      `depthwiseConv2d: images must be [batch, height, width, channels] and the weight [${window.kernel.join(", ")}, ` +
        `channels, multiplier], got ${formatShape(x.shape)} and ${formatShape(weight.shape)}.`,
    );
  }
  const repeated = broadcastTo(reshape(x, [images, height, width, channels, 1]), [
    images,
    height,
    width,
    channels,
    multiplier,
  ]);
  const all = channels * multiplier;
  return depthwiseOp(reshape(repeated, [images, height, width, all]), reshape(weight, [kernelY, kernelX, all]), {
    ...window,
    size: [height, width],
  });
}
