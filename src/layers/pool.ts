import { ArgumentError } from "../core/errors.js";
import { checkOptions, optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "../ops/layout.js";
import { averagePool, maxPool, repeat, resample } from "../ops/pool.js";
import { firstMax, mean } from "../ops/reduce.js";
import type { Window } from "../ops/unfold.js";
import { checkName, type Layer, type NameOptions } from "./layer.js";
import { imagesOf, pairOf, type Size, type WindowOptions, windowOn, windowSettings } from "./window.js";

/** Options of `maxPool2d`. */
export interface PoolOptions extends Pick<WindowOptions, "stride" | "padding"> {
  name?: string;
}

/** Options of `averagePool2d`. */
export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as zeros, as in PyTorch; false: the mean is of what is inside the image, as in Keras. */
  countPadding?: boolean;
}

const POOL = { stride: true, padding: true, name: true };

function pool(layer: string, size: Size, options: PoolOptions, of: (x: Tensor, window: Window) => Tensor): Layer {
  checkOptions<object>(layer, options, { ...POOL, ...(layer === "averagePool2d" && { countPadding: "switch" }) });
  const settings = windowSettings(layer, size, { ...options, stride: options.stride ?? size });
  const { padding, kernel } = settings;
  const isInside = ([top, bottom, left, right]: readonly number[]) =>
    Math.max(top, bottom) < kernel[0] && Math.max(left, right) < kernel[1];
  if (padding !== "same" && !isInside(padding)) {
    throw new ArgumentError(
      `${layer}: padding [${padding.join(", ")}] must be less than the window [${kernel.join(", ")}], or windows see none ` +
        "of the image.",
    );
  }
  return {
    config: { layer, size, ...options },
    forward(x, scope) {
      const named = `${layer} "${scope.name}"`;
      const [height, width] = imagesOf(named, x);
      return of(x, windowOn(named, settings, [height, width]));
    },
  };
}

/**
 * The largest of each channel under each window; of equal ones the first gets the gradient, as in PyTorch.
 *
 * @param size - of windows: height and width, or one number for both; 2. The stride is as large where none is given
 * @returns a layer from [batch, height, width, channels] to [batch, windows down, windows across, channels]
 * @throws ArgumentError when a number isn't whole, is too small, or windows see only padding; when it is put into a model,
 * ShapeError when the input isn't images or is smaller than the window
 */
export const maxPool2d = (size: Size = 2, options: PoolOptions = {}): Layer =>
  pool("maxPool2d", size, options, maxPool);

/**
 * The mean of each channel under each window.
 *
 * @param size - as in `maxPool2d`
 * @returns a layer from [batch, height, width, channels] to [batch, windows down, windows across, channels]
 * @throws ArgumentError and ShapeError as `maxPool2d`
 */
export const averagePool2d = (size: Size = 2, options: AveragePoolOptions = {}): Layer =>
  pool("averagePool2d", size, options, (x, window) => averagePool(x, window, options.countPadding));

/** A layer on images that is made of their height, width and channels. */
const onImages = (
  config: Layer["config"],
  of: (x: Tensor, size: readonly [height: number, width: number, channels: number]) => Tensor,
): Layer => ({
  config,
  forward: (x, scope) => of(x, imagesOf(`${config.layer} "${scope.name}"`, x)),
});

/** The mean of each channel over the image: [batch, height, width, channels] to [batch, channels]. @throws ShapeError when the input isn't images */
export function globalAveragePool2d(options: NameOptions = {}): Layer {
  checkName("globalAveragePool2d", options);
  return onImages({ layer: "globalAveragePool2d", ...options }, (x) => mean(x, [1, 2]));
}

/**
 * The largest of each channel over the image: [batch, height, width, channels] to [batch, channels]. Of equal ones the first
 * gets the gradient, as in torch.nn.AdaptiveMaxPool2d(1); Keras lets them share it.
 *
 * @throws ShapeError when the input isn't images
 */
export function globalMaxPool2d(options: NameOptions = {}): Layer {
  checkName("globalMaxPool2d", options);
  return onImages({ layer: "globalMaxPool2d", ...options }, (x) => firstMax(x, [1, 2]));
}

/**
 * Means of as many windows as are asked for, whatever the images' size: window i of n goes from ⌊i size / n⌋ to
 * ⌈(i + 1) size / n⌉, as in PyTorch.
 *
 * @param size - height and width of the result, or one number for both
 * @returns a layer from [batch, height, width, channels] to [batch, ...size, channels]
 * @throws ArgumentError when the size isn't whole or positive; ShapeError when the input isn't images
 */
export function adaptiveAveragePool2d(size: Size, options: NameOptions = {}): Layer {
  checkName("adaptiveAveragePool2d", options);
  const target = pairOf("adaptiveAveragePool2d", "size", size, 1);
  return onImages({ layer: "adaptiveAveragePool2d", size, ...options }, (x, [height, width, channels]) =>
    target.every((length) => length === 1)
      ? reshape(mean(x, [1, 2]), [x.shape[0], 1, 1, channels])
      : resample(x, means(height, target[0]), means(width, target[1])),
  );
}

/** Shares of each of `size` elements in `count` means: [count, size]. */
function means(size: number, count: number): Float32Array<ArrayBuffer> {
  const shares = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const [start, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    shares.fill(1 / (end - start), i * size + start, i * size + end);
  }
  return shares;
}

/**
 * Larger images: each pixel repeated, or values between pixels (bilinear, pixels' centres half a pixel inside, as in Keras
 * and in PyTorch without align_corners).
 *
 * @param size - factors for height and width, or one for both; 2
 * @returns a layer from [batch, height, width, channels] to [batch, height factor, width factor, channels]
 * @throws ArgumentError when a factor isn't whole or positive, or the interpolation is unknown; ShapeError when the input isn't images
 */
export function upsample2d(
  size: Size = 2,
  options: { interpolation?: "nearest" | "bilinear"; name?: string } = {},
): Layer {
  const factors = pairOf("upsample2d", "size", size, 1);
  const { interpolation } = optionsOf("upsample2d", options, { interpolation: "nearest", name: undefined });
  if (interpolation !== "nearest" && interpolation !== "bilinear") {
    throw new ArgumentError(`upsample2d: interpolation must be "nearest" or "bilinear", got ${shown(interpolation)}.`);
  }
  return onImages({ layer: "upsample2d", size, ...options }, (x, [height, width]) =>
    interpolation === "nearest"
      ? repeat(x, factors)
      : resample(x, between(height, factors[0]), between(width, factors[1])),
  );
}

/** Shares of each of `size` elements in values between them: [size factor, size]. */
function between(size: number, factor: number): Float32Array<ArrayBuffer> {
  const shares = new Float32Array(size * factor * size);
  for (let i = 0; i < size * factor; i++) {
    const place = Math.max((i + 0.5) / factor - 0.5, 0);
    const first = Math.floor(place);
    const second = Math.min(first + 1, size - 1);
    shares[i * size + first] += 1 - (place - first);
    shares[i * size + second] += place - first;
  }
  return shares;
}
