import { ShapeError } from "../core/errors.js";
import { formatShape, type Shape } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { type Axis, countOf, merged, type ProductWalks, reshaped, type View, viewOfShape } from "../graph/walk.js";

/*
 * Patches of images, and the images that patches add up to: each is the other's gradient. A convolution is a product of
 * patches (im2col), which the compiler makes without writing them down: see `walk` and `ofProduct` in graph/op.ts.
 */

/** Two numbers: along an image's height, then along its width. */
export type Pair = readonly [y: number, x: number];

/** The windows that a kernel is laid on. */
export interface Window extends Attributes {
  kernel: Pair;
  stride: Pair;
  /** Elements from one of the kernel's to the next. */
  dilation: Pair;
  /** Elements of zeros before an image's first row and column. */
  before: Pair;
  /** Number of windows. */
  output: Pair;
}

/** Names of a window's attributes. */
export const WINDOW = { kernel: true, stride: true, dilation: true, before: true, output: true } as const;

/** A window's images: their height and width. */
interface Folding extends Window {
  size: Pair;
}

export const unfoldOp: OpFunction<Window> = defineOp("unfold", {
  attributes: WINDOW,
  error: {},
  shape: ([x], { output, kernel }) => [x.shape[0], ...output, ...kernel, x.shape[3]],
  gradient: (dy, [x], _, window) => [fold(dy, window, [x.shape[1], x.shape[2]])],
  walk: ({ axes: [images, height, width, channels], bounds }, { kernel, stride, dilation, before, output }) => {
    if (bounds.length > 0 || height.length !== 1 || width.length !== 1) return undefined;
    const [[y], [x]] = [height, width];
    if (y.ordered || x.ordered) return undefined;
    const places = ([first, second]: Pair, [down, across]: Pair) => [
      [{ size: first, stride: down, bound: 0 }],
      [{ size: second, stride: across, bound: 1 }],
    ];
    return {
      axes: [images, ...places(output, stride), ...places(kernel, dilation), channels],
      bounds: [y, x].map(({ size, stride: apart }, i) => ({ size, stride: apart, offset: before[i], divisor: 1 })),
    };
  },
});

export const foldOp: OpFunction<Folding> = defineOp("fold", {
  attributes: { ...WINDOW, size: true },
  error: { terms: (_, { kernel: [height, width] }) => height * width, summed: Math.max },
  shape: ([patches], { size }) => [patches.shape[0], ...size, patches.shape[5]],
  gradient: (dy, _, __, { size, ...window }) => [unfold(dy, window as Window)],
  ofProduct: foldOfProduct,
});

/** The patches of images of a shape as a walk over them. */
export const patchesOf = (x: Shape, window: Window): View => unfoldOp.op.walk!(viewOfShape(x), window, [])!;

/**
 * The patches of images under each window, 0 outside: y[n, oy, ox, ky, kx, c] = x[n, oy s + ky d - before, ..., c].
 *
 * @param x - [batch, height, width, channels]
 * @returns [batch, ...window.output, ...window.kernel, channels]
 * @throws ShapeError when x has other axes
 */
export function unfold(x: Tensor, window: Window): Tensor {
  if (x.shape.length !== 4) {
    throw new ShapeError(`unfold: images must be [batch, height, width, channels], got ${formatShape(x.shape)}.`);
  }
  return unfoldOp(x, window);
}

/**
 * Images of `size` to which patches add up that overlap: the reverse of `unfold`.
 *
 * @param patches - [batch, ...window.output, ...window.kernel, channels]
 * @returns [batch, ...size, channels]
 * @throws ShapeError when the patches aren't the window's
 */
export function fold(patches: Tensor, window: Window, size: Pair): Tensor {
  const { kernel, output } = window;
  const inside = patches.shape.slice(1, 5);
  if (patches.shape.length !== 6 || [...output, ...kernel].some((length, i) => length !== inside[i])) {
    throw new ShapeError(
      `fold: patches must be [batch, ${[...output, ...kernel].join(", ")}, channels], got ${formatShape(patches.shape)}.`,
    );
  }
  return foldOp(patches, { ...window, size });
}

/**
 * fold(a b) as a product over the images: each of their elements is the sum over the windows that it lies in, found by
 * position / stride where that is whole.
 *
 * @param result - the patches as a walk over the product [groups, images and windows, kernel and channels of a group]
 */
function foldOfProduct(
  result: View,
  { a, b }: ProductWalks,
  { kernel, stride, dilation, before, output, size }: Folding,
  shape: Shape,
): ProductWalks | undefined {
  const [images, height, width, channels] = shape;
  const taps = kernel[0] * kernel[1];
  const columns = countOf(b.own);
  const groups = countOf(a.batch);
  const own = columns / taps; // channels of a group
  const isBatchByRows = isLike(result.axes.slice(0, 3).flat(), [[images * output[0] * output[1], columns]]);
  const isKernel = isLike(result.axes.slice(3, 5).flat(), [[taps, own]]);
  const isGrouped = isLike(result.axes[5], [
    [groups, countOf(a.own) * columns],
    [own, 1],
  ]);
  if (!isBatchByRows || !isKernel || !isGrouped || a.bounds.length + b.bounds.length > 0) return undefined;
  const rows = reshaped({ axes: [a.own], bounds: [] }, [images, ...output])?.axes;
  const right = reshaped({ axes: [b.own], bounds: [] }, [...kernel, own])?.axes;
  if (!rows || !right || rows[1].length !== 1 || rows[2].length !== 1) return undefined;
  const bound = (i: 0 | 1) => ({
    size: output[i],
    stride: rows[i + 1][0].stride,
    offset: -before[i],
    divisor: stride[i],
  });
  const axis = (i: 0 | 1, length: number, step: number): Axis => ({ size: length, stride: step, bound: i });
  return {
    a: {
      batch: a.batch,
      own: [...rows[0], axis(0, size[0], 1), axis(1, size[1], 1)],
      inner: [axis(0, kernel[0], -dilation[0]), axis(1, kernel[1], -dilation[1]), ...a.inner],
      bounds: [bound(0), bound(1)],
    },
    b: { batch: b.batch, own: merged(right[2]), inner: merged([...right[0], ...right[1], ...b.inner]), bounds: [] },
    y: {
      batch: groups > 1 ? [{ size: groups, stride: own }] : [],
      own: [{ size: images * height * width, stride: channels }],
      inner: [{ size: own, stride: 1 }],
      bounds: [],
    },
  };
}

/** Whether axes are these sizes and strides, in as few as can be. */
export function isLike(axes: readonly Axis[], expected: readonly (readonly [size: number, stride: number])[]): boolean {
  const found = merged(axes).filter(({ size }) => size > 1);
  const wanted = merged(expected.map(([size, stride]) => ({ size, stride }))).filter(({ size }) => size > 1);
  return (
    found.length === wanted.length &&
    found.every(({ size, stride }, i) => size === wanted[i].size && stride === wanted[i].stride)
  );
}
