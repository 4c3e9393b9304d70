import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import type { Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform, type Initializer, toInitializer, zeros } from "../initializers/index.js";
import { type Activation, activate, checkActivation } from "../ops/activations.js";
import { conv2d as convolve, convTranspose2d as convolveTransposed } from "../ops/convolution.js";
import { depthwiseConv2d as convolveDepthwise } from "../ops/depthwise.js";
import { add, mul } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import type { Pair, Window } from "../ops/unfold.js";
import { checkTrainable, defineLayer, type Layer, type LayerConfig, type Scope } from "./layer.js";
import { keepMask, maskOf } from "./masks.js";
import { checkPixels } from "./pixels.js";
import { refuseParts } from "./sequence.js";
import {
  imagesOf,
  type Padding,
  pairOf,
  type Size,
  type WindowOptions,
  type WindowSettings,
  windowOn,
  windowSettings,
  withBatch,
} from "./window.js";

/** Options common to layers with weights; as in `dense`. */
interface WeightOptions {
  /** Applied to the outputs; none where absent. */
  activation?: Activation;
  /** First values of the weight; Glorot uniform, as in Keras. */
  initializer?: string | Initializer | Initializer["config"];
  /** First values of the bias; zeros. */
  biasInitializer?: string | Initializer | Initializer["config"];
  /** Whether there is a bias; true. */
  bias?: boolean;
  /** Whether training changes its parameters; true. */
  trainable?: boolean;
  name?: string;
}

/** Options of `conv2d`. */
export interface Conv2dOptions extends WindowOptions, WeightOptions {
  /** Channels are cut into so many groups, each with an equal part of the filters; 1. */
  groups?: number;
}

/** Options of `conv1d`. */
export interface Conv1dOptions extends WeightOptions {
  /** Steps from one place of the kernel to the next; 1. */
  stride?: number;
  padding?: "same" | "valid" | number | Pair;
  /** Steps between the kernel's elements; 1. */
  dilation?: number;
  /** Groups of channels that are convolved apart; 1. */
  groups?: number;
}

/** Options of `convTranspose2d`. */
export interface ConvTranspose2dOptions extends WindowOptions, WeightOptions {
  /** Channels are cut into so many groups, each with an equal part of the filters; 1. */
  groups?: number;
  /** Rows and columns that are added at the end, of the sizes that a stride leaves open; 0. */
  outputPadding?: Size;
}

/** Options of `depthwiseConv2d`. */
export interface DepthwiseConv2dOptions extends WindowOptions, WeightOptions {
  /** Outputs of each channel; 1. */
  multiplier?: number;
}

/** Names of the options that all of these layers have. */
const OPTIONS = {
  ...{ stride: true, padding: true, dilation: true },
  ...{ activation: true, initializer: true, biasInitializer: true, bias: "switch", trainable: "switch", name: true },
};

/**
 * Initializers, the saved config, and what ends a layer of weights: bias and activation.
 *
 * @param more - names of options that it has beside those of all
 * @throws ArgumentError on an option that it doesn't have
 */
function weighted<T extends WeightOptions>(layer: string, own: object, options: T, more: object) {
  checkOptions<object>(layer, options, { ...OPTIONS, ...more });
  const { activation, bias = true } = options;
  checkTrainable(layer, options.trainable);
  if (activation !== undefined) checkActivation(activation);
  const initializer = toInitializer(options.initializer ?? glorotUniform());
  const biasInitializer = toInitializer(options.biasInitializer ?? zeros());
  return {
    initializer,
    config: {
      ...{ layer, ...own, ...options },
      initializer: initializer.config,
      biasInitializer: biasInitializer.config,
    } as unknown as LayerConfig,
    finish(product: Tensor, scope: Scope): Tensor {
      const y = bias ? add(product, scope.parameter("bias", [product.shape.at(-1)!], biasInitializer)) : product;
      return activation === undefined ? y : activate(y, activation);
    },
  };
}

const described = (layer: string, { name }: Scope) => `${layer} "${name}"`;

/**
 * Convolution of images: y = activation(x ∗ W + b).
 *
 * @param filters - number of outputs
 * @param kernel - height and width, or one number for both
 * @returns a layer from [batch, height, width, channels] to [batch, height, width, filters] with parameters `weight`
 * [kernel height, kernel width, channels / groups, filters] and `bias` [filters]
 * @throws ArgumentError when a number isn't whole or too small, or groups don't divide the filters; when it is put into a
 * model, ShapeError when the input isn't images, has channels that groups don't divide, or is smaller than the kernel
 */
export function conv2d(filters: number, kernel: Size, options: Conv2dOptions = {}): Layer {
  checkCount("conv2d", "filters", filters);
  const settings = windowSettings("conv2d", kernel, options);
  const groups = groupsOf("conv2d", filters, options.groups);
  const { initializer, config, finish } = weighted("conv2d", { filters, kernel }, options, { groups: true });
  return defineLayer({
    config,
    checkPixels,
    forward(x, scope) {
      const layer = described("conv2d", scope);
      const [height, width, channels] = imagesOf(layer, x);
      const window = windowOn(layer, settings, [height, width]);
      const own = channelsOfGroup(layer, channels, groups);
      const weight = scope.parameter("weight", [...window.kernel, own, filters], initializer);
      return finish(convolveGroups(x, weight, window, groups), scope);
    },
  });
}

/** A product for each group; of groups of one channel no product, which would waste its tiles. */
function convolveGroups(x: Tensor, weight: Tensor, window: Window, groups: number): Tensor {
  const [height, width, own, filters] = weight.shape;
  if (groups === 1 || own > 1) return convolve(x, weight, window, groups);
  return convolveDepthwise(x, reshape(weight, [height, width, groups, filters / groups]), window);
}

/**
 * Convolution along time. Places that a mask leaves out are zeros for it, as what lies past the end is; with `padding: "same"` and
 * a stride of 1 its results have that mask.
 *
 * @returns a layer from [batch, time, channels] to [batch, time, filters] with parameters `weight`
 * [kernel, channels / groups, filters] and `bias` [filters]
 * @throws ArgumentError and ShapeError as `conv2d`
 */
export function conv1d(filters: number, kernel: number, options: Conv1dOptions = {}): Layer {
  checkCount("conv1d", "filters", filters);
  const settings = settingsAlongTime("conv1d", kernel, options);
  const groups = groupsOf("conv1d", filters, options.groups);
  const { initializer, config, finish } = weighted("conv1d", { filters, kernel }, options, { groups: true });
  const keepsPlaces = options.padding === "same" && settings.stride[1] === 1;
  return defineLayer({
    config,
    passesOver: keepsPlaces,
    forward(x, scope) {
      const layer = described("conv1d", scope);
      if (kernel > 1) refuseParts("conv1d", scope);
      const [time, channels] = sequencesOf(layer, x);
      const window = windowOn(layer, settings, [1, time]);
      const own = channelsOfGroup(layer, channels, groups);
      const weight = scope.parameter("weight", [kernel, own, filters], initializer);
      const mask = maskOf(x);
      const shown = mask ? mul(x, reshape(mask, [...mask.shape, 1])) : x;
      const y = convolveGroups(asImages(shown), reshape(weight, [1, kernel, own, filters]), window, groups);
      const made = finish(reshape(y, [x.shape[0], window.output[1], filters]), scope);
      return keepsPlaces ? keepMask(x, made) : made;
    },
  });
}

/**
 * Transposed convolution of images, which makes them larger: the gradient of a convolution for its input.
 *
 * @returns a layer from [batch, height, width, channels] to [batch, (height - 1) stride - padding + dilation (kernel - 1) + 1 + outputPadding, ..., filters],
 * with padding: "same" to height stride, with parameters `weight` [kernel height, kernel width, filters / groups, channels] and `bias` [filters]
 * @throws ArgumentError and ShapeError as `conv2d`
 */
export function convTranspose2d(filters: number, kernel: Size, options: ConvTranspose2dOptions = {}): Layer {
  checkCount("convTranspose2d", "filters", filters);
  const settings = windowSettings("convTranspose2d", kernel, options);
  const groups = groupsOf("convTranspose2d", filters, options.groups);
  const added = outputPaddingOf("convTranspose2d", settings, options.outputPadding);
  const { initializer, config, finish } = weighted("convTranspose2d", { filters, kernel }, options, {
    ...{ outputPadding: true, groups: true },
  });
  return defineLayer({
    config,
    checkPixels,
    forward(x, scope) {
      const layer = described("convTranspose2d", scope);
      const [height, width, channels] = imagesOf(layer, x);
      const { window, size } = transposedWindow(layer, settings, added, [height, width]);
      channelsOfGroup(layer, channels, groups);
      const weight = transposedWeight(scope, [...window.kernel, filters / groups, channels], groups, initializer);
      return finish(convolveTransposed(x, weight, window, size, groups), scope);
    },
  });
}

/** The weight of a transposed convolution, [...kernel, filters / groups, channels]: its filters read the channels of their group. */
function transposedWeight(scope: Scope, shape: Shape, groups: number, initializer: Initializer): Tensor {
  const axis = shape.length - 2;
  const as = [...shape.slice(0, -1), groups, shape.at(-1)! / groups];
  return scope.parameter("weight", shape, initializer, { units: [axis, axis + 1], as });
}

/**
 * Transposed convolution along time.
 *
 * @returns a layer from [batch, time, channels] to [batch, time, filters] with parameters
 * `weight` [kernel, filters / groups, channels] and `bias` [filters]
 * @throws ArgumentError and ShapeError as `conv2d`
 */
export function convTranspose1d(
  filters: number,
  kernel: number,
  options: Conv1dOptions & { outputPadding?: number } = {},
): Layer {
  checkCount("convTranspose1d", "filters", filters);
  const settings = settingsAlongTime("convTranspose1d", kernel, options);
  const groups = groupsOf("convTranspose1d", filters, options.groups);
  const added = outputPaddingOf("convTranspose1d", settings, [0, options.outputPadding ?? 0]);
  const { initializer, config, finish } = weighted("convTranspose1d", { filters, kernel }, options, {
    ...{ outputPadding: true, groups: true },
  });
  return defineLayer({
    config,
    forward(x, scope) {
      const layer = described("convTranspose1d", scope);
      if (kernel > 1) refuseParts("convTranspose1d", scope);
      const [time, channels] = sequencesOf(layer, x);
      const { window, size } = transposedWindow(layer, settings, added, [1, time]);
      channelsOfGroup(layer, channels, groups);
      const own = filters / groups;
      const weight = transposedWeight(scope, [kernel, own, channels], groups, initializer);
      const y = convolveTransposed(asImages(x), reshape(weight, [1, kernel, own, channels]), window, size, groups);
      return finish(reshape(y, [x.shape[0], size[1], filters]), scope);
    },
  });
}

/**
 * Convolution of each channel on its own.
 *
 * @returns a layer from [batch, height, width, channels] to [batch, height, width, channels multiplier] with parameters
 * `weight` [kernel height, kernel width, channels, multiplier] and `bias` [channels multiplier]
 * @throws ArgumentError and ShapeError as `conv2d`
 */
export function depthwiseConv2d(kernel: Size, options: DepthwiseConv2dOptions = {}): Layer {
  const { multiplier = 1 } = options;
  checkCount("depthwiseConv2d", "multiplier", multiplier);
  const settings = windowSettings("depthwiseConv2d", kernel, options);
  const { initializer, config, finish } = weighted("depthwiseConv2d", { kernel }, options, { multiplier: true });
  return defineLayer({
    config,
    checkPixels,
    forward(x, scope) {
      const layer = described("depthwiseConv2d", scope);
      const [height, width, channels] = imagesOf(layer, x);
      const window = windowOn(layer, settings, [height, width]);
      const weight = scope.parameter("weight", [...window.kernel, channels, multiplier], initializer, {
        units: [2, 3],
      });
      return finish(convolveDepthwise(x, weight, window), scope);
    },
  });
}

/**
 * A depthwise convolution and then one of 1 × 1: far fewer parameters than `conv2d` (Chollet, 2017).
 *
 * @returns a layer from [batch, height, width, channels] to [batch, height, width, filters] with parameters
 * `depthwiseWeight` [kernel height, kernel width, channels, multiplier], `pointwiseWeight` [1, 1, channels multiplier, filters] and `bias` [filters]
 * @throws ArgumentError and ShapeError as `conv2d`
 */
export function separableConv2d(filters: number, kernel: Size, options: DepthwiseConv2dOptions = {}): Layer {
  const { multiplier = 1 } = options;
  checkCount("separableConv2d", "filters", filters);
  checkCount("separableConv2d", "multiplier", multiplier);
  const settings = windowSettings("separableConv2d", kernel, options);
  const point = windowSettings("separableConv2d", 1, {});
  const { initializer, config, finish } = weighted("separableConv2d", { filters, kernel }, options, {
    multiplier: true,
  });
  return defineLayer({
    config,
    checkPixels,
    forward(x, scope) {
      const layer = described("separableConv2d", scope);
      const [height, width, channels] = imagesOf(layer, x);
      const window = windowOn(layer, settings, [height, width]);
      const inside = channels * multiplier;
      const shape = [...window.kernel, channels, multiplier];
      const depthwise = scope.parameter("depthwiseWeight", shape, initializer, { units: [2, 3] });
      const pointwise = scope.parameter("pointwiseWeight", [1, 1, inside, filters], initializer);
      const each = convolveDepthwise(x, depthwise, window);
      return finish(convolve(each, pointwise, windowOn(layer, point, window.output)), scope);
    },
  });
}

function checkCount(layer: string, what: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new ArgumentError(`${layer}: ${what} must be a positive integer, got ${shown(count)}.`);
}

function groupsOf(layer: string, filters: number, groups = 1): number {
  checkCount(layer, "groups", groups);
  if (filters % groups === 0) return groups;
  throw new ArgumentError(
    `${layer}: ${filters} filters can't be cut into ${groups} equal groups. Use a number of groups that divides them.`,
  );
}

function channelsOfGroup(layer: string, channels: number, groups: number): number {
  if (channels % groups === 0) return channels / groups;
  throw new ShapeError(
    `${layer}: ${channels} channels can't be cut into ${groups} equal groups. Use a number of groups that divides them.`,
  );
}

function outputPaddingOf(layer: string, { stride, dilation }: WindowSettings, given: Size = 0): Pair {
  const added = pairOf(layer, "outputPadding", given, 0);
  if (added.every((more, side) => more < Math.max(stride[side], dilation[side]))) return added;
  throw new ArgumentError(
    `${layer}: outputPadding [${added.join(", ")}] must be less than the stride [${stride.join(", ")}] or the dilation: ` +
      "more rows would get no input at all.",
  );
}

/** The window of the convolution from a transposed one's result to its input, and the result's size. */
function transposedWindow(
  layer: string,
  settings: WindowSettings,
  added: Pair,
  input: Pair,
): { window: Window; size: Pair } {
  const { kernel, stride, dilation, padding } = settings;
  const reach = kernel.map((length, side) => dilation[side] * (length - 1) + 1);
  const [top, bottom, left, right] =
    padding === "same"
      ? reach.flatMap((length, side) => {
          const total = Math.max(length - stride[side], 0);
          return [Math.floor(total / 2), Math.ceil(total / 2)];
        })
      : padding;
  const [before, after] = [
    [top, left],
    [bottom, right],
  ] as const;
  const size = input.map((length, side) =>
    padding === "same"
      ? length * stride[side]
      : (length - 1) * stride[side] - before[side] - after[side] + reach[side] + added[side],
  );
  if (size.some((length) => length < 1)) {
    throw new ShapeError(
      `${layer}: with padding [${[top, bottom, left, right].join(", ")}] nothing would be left of ` +
        `[${input.join(", ")}] and a kernel of [${kernel.join(", ")}]. Use less padding, or a larger kernel.`,
    );
  }
  return { window: { kernel, stride, dilation, before, output: input }, size: size as unknown as Pair };
}

/** Windows along the width of images of one row. */
function settingsAlongTime(
  layer: string,
  kernel: number,
  { stride = 1, padding = "valid", dilation = 1 }: Pick<Conv1dOptions, "stride" | "padding" | "dilation">,
): WindowSettings {
  for (const [option, value] of Object.entries({ kernel, stride, dilation })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ArgumentError(`${layer}: ${option} must be a positive integer, got ${shown(value)}.`);
  }
  const sides = typeof padding === "number" ? [padding, padding] : padding;
  if (typeof sides !== "string" && !(Array.isArray(sides) && sides.length === 2)) {
    throw new ArgumentError(
      `${layer}: padding must be "same", "valid", a whole number from 0 on, or [before, after], got ${shown(padding)}.`,
    );
  }
  const both: Padding = typeof sides === "string" ? sides : [0, 0, sides[0], sides[1]];
  return windowSettings(layer, [1, kernel], { stride: [1, stride], padding: both, dilation: [1, dilation] });
}

function sequencesOf(layer: string, { shape }: Tensor): [time: number, channels: number] {
  if (shape.length === 3) return [shape[1], shape[2]];
  throw new ShapeError(
    `${layer}: input must be sequences [batch, time, channels], got ${withBatch(shape)}. Put reshape([time, channels]) before it.`,
  );
}

const asImages = (x: Tensor): Tensor => reshape(x, [x.shape[0], 1, x.shape[1], x.shape[2]]);
