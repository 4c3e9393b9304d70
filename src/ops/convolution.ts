import { ShapeError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { fold, type Pair, unfold, type Window } from "./unfold.js";

/*
 * Convolutions as products of patches. Nothing of this is launched where the compiler can help it: patches, groups and
 * gradients become walks of products over the images.
 */

/**
 * Convolution (cross-correlation, as everywhere in this field): y[n, oy, ox, o] = Σ x[n, oy s + ky d - before, ..., c] w[ky, kx, c, o].
 *
 * @param x - [batch, height, width, in]
 * @param weight - [kernel height, kernel width, in / groups, out]
 * @param groups - channels are cut into so many groups, each with an equal part of the outputs
 * @returns [batch, ...window.output, out]
 * @throws ShapeError when the weight doesn't fit the images or the window
 */
export function conv2d(x: Tensor, weight: Tensor, window: Window, groups = 1): Tensor {
  const [images, , , channels] = x.shape;
  const [, , own, out] = weight.shape;
  if (weight.shape.length !== 4 || own * groups !== channels || out % groups !== 0 || !isKernel(weight, window)) {
    throw new ShapeError(
      `conv2d: the weight must be [${window.kernel.join(", ")}, ${channels} / groups, out] with ${groups} groups that ` +
        `divide both, got ${formatShape(weight.shape)}.`,
    );
  }
  const patches = unfold(x, window);
  const rows = images * window.output[0] * window.output[1];
  const taps = window.kernel[0] * window.kernel[1];
  if (groups === 1) {
    const product = matmul(reshape(patches, [rows, taps * own]), reshape(weight, [taps * own, out]));
    return reshape(product, [images, ...window.output, out]);
  }
  const left = transpose(reshape(patches, [rows, taps, groups, own]), [2, 0, 1, 3]);
  const right = transpose(reshape(weight, [taps * own, groups, out / groups]), [1, 0, 2]);
  const product = matmul(reshape(left, [groups, rows, taps * own]), right);
  return reshape(transpose(product, [1, 0, 2]), [images, ...window.output, out]);
}

/**
 * Transposed convolution: what the gradient of a convolution does to its result. Each element of x lays the kernel on the
 * result, times itself; where they overlap they add up.
 *
 * @param x - [batch, height, width, in]
 * @param weight - [kernel height, kernel width, out / groups, in]
 * @param window - of the convolution from the result to x: its `output` is x's height and width
 * @param size - height and width of the result
 * @param groups - channels are cut into so many groups, each with an equal part of the outputs
 * @returns [batch, ...size, out]
 * @throws ShapeError when the weight doesn't fit the images or the window
 */
export function convTranspose2d(x: Tensor, weight: Tensor, window: Window, size: Pair, groups = 1): Tensor {
  const [images, height, width, channels] = x.shape;
  const [, , own, inputs] = weight.shape;
  if (weight.shape.length !== 4 || inputs !== channels || channels % groups !== 0 || !isKernel(weight, window)) {
    throw new ShapeError(
      `convTranspose2d: the weight must be [${window.kernel.join(", ")}, out / groups, ${channels}] with ${groups} ` +
        `groups that divide both, got ${formatShape(weight.shape)}.`,
    );
  }
  const rows = images * height * width;
  const [kernelY, kernelX] = window.kernel;
  const taps = kernelY * kernelX;
  const patches = [images, height, width, kernelY, kernelX, groups * own];
  if (groups === 1) {
    const product = matmul(reshape(x, [rows, channels]), transpose(reshape(weight, [taps * own, channels])));
    return fold(reshape(product, patches), window, size);
  }
  const left = transpose(reshape(x, [rows, groups, channels / groups]), [1, 0, 2]);
  const right = transpose(reshape(weight, [taps * own, groups, channels / groups]), [1, 2, 0]);
  const product = reshape(matmul(left, right), [groups, rows, taps, own]);
  return fold(reshape(transpose(product, [1, 2, 0, 3]), patches), window, size);
}

const isKernel = ({ shape }: Tensor, { kernel }: Window) => shape[0] === kernel[0] && shape[1] === kernel[1];
