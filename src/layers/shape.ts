import { ArgumentError, ShapeError } from "../core/errors.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { pad, slice } from "../ops/indexing.js";
import { reshape as reshapeTensor, transpose } from "../ops/layout.js";
import { checkName, type Layer, type NameOptions } from "./layer.js";
import { imagesOf, type Margins, marginsOf, type Padding, withBatch } from "./window.js";

type MarginOptions = Exclude<Padding, "same" | "valid">;

/**
 * Each sample under another shape, its elements in the same order.
 *
 * @param shape - of a sample, without the batch; one size may be -1: what is left
 * @returns a layer from [batch, ...] to [batch, ...shape]
 * @throws ArgumentError when a size isn't whole or positive; ShapeError when the sizes don't fit the input
 */
export function reshape(shape: Shape, options: NameOptions = {}): Layer {
  checkName("reshape", options);
  const open = Array.isArray(shape) ? shape.filter((size) => size === -1).length : 0;
  if (
    !Array.isArray(shape) ||
    open > 1 ||
    !shape.every((size) => Number.isSafeInteger(size) && (size > 0 || size === -1))
  ) {
    throw new ArgumentError(
      `reshape: the shape must be positive integers, one of which may be -1, such as [28, 28, 1], got ${shown(shape)}.`,
    );
  }
  return {
    config: { layer: "reshape", shape: [...shape], ...options },
    forward(x, scope) {
      const elements = sizeOf(x.shape.slice(1));
      const known = sizeOf(shape.filter((size) => size !== -1));
      if (open === 0 ? known !== elements : elements % known !== 0) {
        throw new ShapeError(
          `reshape "${scope.name}": ${withBatch(x.shape)} has ${elements} elements a sample, which don't make [${shape.join(", ")}]. ` +
            "Give sizes that do, or -1 for one of them: reshape([-1]) makes one axis of all.",
        );
      }
      return reshapeTensor(x, [x.shape[0], ...shape.map((size) => (size === -1 ? elements / known : size))]);
    },
  };
}

/**
 * A sample's axes in another order, counted from 1 as in Keras: permute([2, 1]) turns [batch, time, channels] to
 * [batch, channels, time].
 *
 * @throws ArgumentError when `axes` doesn't name each from 1 on once; ShapeError when the input has another number of axes
 */
export function permute(axes: readonly number[], options: NameOptions = {}): Layer {
  checkName("permute", options);
  if (!Array.isArray(axes) || [...axes].sort((a, b) => a - b).some((axis, i) => axis !== i + 1)) {
    throw new ArgumentError(
      `permute: must name each axis of a sample once, from 1 on, such as [2, 1], got ${shown(axes)}.`,
    );
  }
  return {
    config: { layer: "permute", axes: [...axes], ...options },
    forward(x, scope) {
      if (x.shape.length !== axes.length + 1) {
        throw new ShapeError(
          `permute "${scope.name}": [${axes.join(", ")}] orders ${axes.length} axes of a sample, got ${withBatch(x.shape)}.`,
        );
      }
      return transpose(x, [0, ...axes]);
    },
  };
}

/** Zeros around images. @param padding - a number for all sides, [y, x] or [top, bottom, left, right]; 1 @throws ArgumentError, ShapeError */
export function zeroPadding2d(padding: MarginOptions = 1, options: NameOptions = {}): Layer {
  checkName("zeroPadding2d", options);
  const margins = marginsOf("zeroPadding2d", "margins", padding);
  return {
    config: { layer: "zeroPadding2d", padding, ...options },
    forward(x, scope) {
      const [height, width, channels] = imagesOf(`zeroPadding2d "${scope.name}"`, x);
      const [top, bottom, left, right] = margins;
      return pad(x, [0, top, left, 0], [x.shape[0], top + height + bottom, left + width + right, channels]);
    },
  };
}

/** Images without their edges. @param cropping - as the padding of `zeroPadding2d`; 1 @throws ArgumentError, and ShapeError when nothing is left */
export function cropping2d(cropping: MarginOptions = 1, options: NameOptions = {}): Layer {
  checkName("cropping2d", options);
  const margins: Margins = marginsOf("cropping2d", "margins", cropping);
  return {
    config: { layer: "cropping2d", cropping, ...options },
    forward(x, scope) {
      const layer = `cropping2d "${scope.name}"`;
      const [height, width, channels] = imagesOf(layer, x);
      const [top, bottom, left, right] = margins;
      if (top + bottom >= height || left + right >= width) {
        throw new ShapeError(
          `${layer}: nothing would be left of images of [${height}, ${width}] without margins of [${margins.join(", ")}]. Crop less.`,
        );
      }
      return slice(x, [0, top, left, 0], [x.shape[0], height - top - bottom, width - left - right, channels]);
    },
  };
}
