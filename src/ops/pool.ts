import { ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import { constant, Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { type Axis, countOf, type ProductWalks, reshaped, type View } from "../graph/walk.js";
import { depthwiseOp } from "./depthwise.js";
import { mul } from "./elementwise.js";
import { reshape, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { broadcastTo } from "./sum.js";
import { isLike, type Pair, WINDOW, type Window } from "./unfold.js";

/*
 * Maxima and means of windows of images, channel by channel, and images of another size.
 */

/** The most elements of a window whose results a product holds at a time. */
const MOST_KEPT = 64;

interface Pooling extends Window {
  /** Whether the product that they are the maxima of may keep them; set by a pass. */
  isKept?: true;
}

export const maxPoolOp: OpFunction<Pooling> = defineOp("maxPool", {
  attributes: { ...WINDOW, isKept: true },
  error: {},
  shape: ([x], { output }) => [x.shape[0], ...output, x.shape[3]],
  gradient: (dy, [x], _, window) => [maxPoolGradient(dy, x, window)],
  sooner: maximaOfProduct,
  ofProduct: largestOfProduct,
});

/**
 * The maxima of a product whose results nothing else reads, to be kept by it; rising functions between the two come after them:
 * the largest stays the largest.
 */
function maximaOfProduct(
  { op, attributes, shape, scope, inputs: [x] }: Tensor,
  readers: ReadonlyMap<Tensor, readonly Tensor[]>,
  of: (tensor: Tensor) => Tensor,
): Tensor | undefined {
  const functions: Tensor[] = [];
  let from = x;
  while (from.op.scalar?.rises && readers.get(from)?.length === 1) {
    const source = from.inputs.find((input) => sameShape(input.shape, x.shape));
    // Others are the same for all of a window.
    const others = from.inputs.filter((input) => input !== source);
    if (!source || others.some(({ size, shape: own }) => size !== (own.at(-1) ?? 1))) break;
    functions.unshift(from);
    from = source;
  }
  if (viewBase(from).op !== matmul.op) return undefined;
  const sources = [from, ...functions];
  const both = [viewBase(from).scope, scope].join(" + ");
  return functions.reduce(
    (y, each, i) => {
      const inputs = each.inputs.map((input) => (input === sources[i] ? y : of(input)));
      return new Tensor(each.op, inputs, each.attributes, shape, each.dtype, each.scope);
    },
    new Tensor(op, [of(from)], { ...attributes, isKept: true }, shape, x.dtype, both),
  );
}

/** The maxima of a product's results as a product that makes those of a window one after the other, and none beside windows. */
function largestOfProduct(
  { axes: [images, height, width, channels] }: View,
  { a, b }: ProductWalks,
  { kernel, stride, dilation, before, output, isKept }: Pooling,
  [batch]: Shape,
): ProductWalks | undefined {
  const largest = kernel[0] * kernel[1];
  if (!isKept || largest > MOST_KEPT) return undefined;
  const size = [countOf(height), countOf(width)];
  const columns = countOf(b.own);
  const isByRows =
    isLike([images, height, width].flat(), [[countOf(a.own), columns]]) && isLike(channels, [[columns, 1]]);
  const rows = reshaped({ axes: [a.own], bounds: [] }, [batch, ...size])?.axes;
  if (!isByRows || !rows || rows[1].length !== 1 || rows[2].length !== 1) return undefined;
  const reach = kernel.map((taps, side) => dilation[side] * (taps - 1) + 1);
  const isApart = reach.every(
    (length, side) =>
      stride[side] >= length && before[side] === 0 && (output[side] - 1) * stride[side] + length <= size[side],
  );
  if (!isApart) return undefined;
  const along = (sizes: Pair, steps: Pair) =>
    sizes.map((count, side): Axis => {
      const [axis] = rows[side + 1];
      return { ...axis, size: count, stride: axis.stride * steps[side] };
    });
  return {
    a: { ...a, own: [...rows[0], ...along(output, stride), ...along(kernel, dilation)] },
    b,
    y: {
      batch: [],
      own: [{ size: batch * output[0] * output[1], stride: columns }],
      inner: [{ size: columns, stride: 1 }],
      bounds: [],
    },
    largest,
  };
}

/** dx of a maximum over windows, by dy and x: each window's gradient goes to the first of its largest elements. */
export const maxPoolGradient: OpFunction<Window> = defineOp("maxPoolGradient", {
  attributes: WINDOW,
  error: { terms: (_, { kernel: [height, width] }) => height * width, summed: Math.max },
  shape: ([, x]) => x.shape,
});

/**
 * The largest element of each channel under each window; what is outside an image doesn't count. Of equal ones the first
 * gets the gradient, as in PyTorch.
 *
 * @param x - [batch, height, width, channels]
 * @returns [batch, ...window.output, channels]
 * @throws ShapeError when x has other axes
 */
export const maxPool = (x: Tensor, window: Window): Tensor => maxPoolOp(images("maxPool", x), window);

/**
 * The mean of each channel under each window.
 *
 * @param x - [batch, height, width, channels]
 * @param countPadding - whether what is outside an image counts as zeros; else the mean is of what is inside
 * @returns [batch, ...window.output, channels]
 * @throws ShapeError when x has other axes
 */
export function averagePool(x: Tensor, window: Window, countPadding = false): Tensor {
  const [, height, width, channels] = images("averagePool", x).shape;
  const { kernel, output } = window;
  const inside = ([0, 1] as const).map((side) => countsInside(window, side, [height, width][side]));
  const isWhole = countPadding || inside.every((counts, side) => counts.every((count) => count === kernel[side]));
  const shape = [...kernel, channels];
  const weight = new Float32Array(sizeOf(shape)).fill(isWhole ? 1 / (kernel[0] * kernel[1]) : 1);
  const sums = depthwiseOp(x, constant(weight, shape), { ...window, size: [height, width] });
  if (isWhole) return sums;
  const shares = inside[0].flatMap((rows) => inside[1].map((columns) => 1 / (rows * columns)));
  return mul(sums, constant(Float32Array.from(shares), [...output, 1]));
}

/** For each window along one side of images, the number of the kernel's elements that are inside. */
function countsInside({ kernel, stride, dilation, before, output }: Window, side: 0 | 1, size: number): number[] {
  return Array.from({ length: output[side] }, (_, window) => {
    const places = Array.from(
      { length: kernel[side] },
      (_, at) => window * stride[side] + at * dilation[side] - before[side],
    );
    return places.filter((place) => place >= 0 && place < size).length;
  });
}

/**
 * Images of another size whose rows are weighted sums of the rows, and columns of the columns.
 *
 * @param x - [batch, height, width, channels]
 * @param rows - [new height, height], row-major
 * @param columns - [new width, width], row-major
 * @returns [batch, new height, new width, channels]
 * @throws ShapeError when x has other axes
 */
export function resample(x: Tensor, rows: Float32Array<ArrayBuffer>, columns: Float32Array<ArrayBuffer>): Tensor {
  const [batch, height, width, channels] = images("resample", x).shape;
  const [newHeight, newWidth] = [rows.length / height, columns.length / width];
  const down = matmul(constant(rows, [newHeight, height]), reshape(x, [batch, height, width * channels]));
  const across = transpose(reshape(down, [batch, newHeight, width, channels]), [0, 1, 3, 2]);
  const flat = reshape(across, [batch * newHeight * channels, width]);
  const wide = matmul(flat, transpose(constant(columns, [newWidth, width])));
  return transpose(reshape(wide, [batch, newHeight, channels, newWidth]), [0, 1, 3, 2]);
}

/** Every element `factor` times along both sides. @returns [batch, height factor y, width factor x, channels] */
export function repeat(x: Tensor, [down, across]: Pair): Tensor {
  const [batch, height, width, channels] = images("repeat", x).shape;
  const spread = broadcastTo(reshape(x, [batch, height, 1, width, 1, channels]), [
    batch,
    height,
    down,
    width,
    across,
    channels,
  ]);
  return reshape(spread, [batch, height * down, width * across, channels]);
}

function images(name: string, x: Tensor): Tensor {
  if (x.shape.length === 4) return x;
  throw new ShapeError(`${name}: images must be [batch, height, width, channels], got ${formatShape(x.shape)}.`);
}
