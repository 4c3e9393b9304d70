import { DataError } from "../../core/errors.js";
import { optionsOf } from "../../core/options.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { Dataset } from "../dataset.js";
import { fromBytes } from "../exact.js";
import type { ArrayFile } from "./idx.js";

/** Options of `imageDataset`. */
export interface PixelOptions {
  name?: string;
  classNames?: readonly string[];
  targetName?: string;
}

/** Options that only readers of files give. */
interface FoundOptions extends PixelOptions {
  warnings?: readonly string[];
}

/**
 * Images of bytes and their labels as a data set: pixels 0 to 255 become 0 to 1, samples are [height, width, channels].
 *
 * @param images - [rows, height, width] or [rows, height, width, channels], bytes
 * @param labels - [rows], class indices
 * @throws DataError when they aren't images, or not as many labels
 */
export function imageDataset(images: ArrayFile, labels: ArrayFile, options: PixelOptions = {}): Dataset {
  const defaults = { name: "images", classNames: undefined, targetName: "label" };
  const { name, classNames, targetName } = optionsOf("imageDataset", options, defaults);
  const [rows, height, width, channels = 1] = images.shape;
  if (!(images.values instanceof Uint8Array) || images.shape.length < 3 || images.shape.length > 4) {
    throw new DataError(
      `${name}: images must be bytes [rows, height, width] or with channels, got [${images.shape.join(", ")}].`,
    );
  }
  const count = sizeOf(images.shape);
  if (images.values.length !== count) {
    throw new DataError(
      `${name}: images of [${images.shape.join(", ")}] are ${count} bytes, got ${images.values.length}. Give all pixels of each.`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== rows) {
    throw new DataError(
      `${name}: ${rows} images, but labels are [${labels.shape.join(", ")}]. Give one for each image.`,
    );
  }
  return pixelDataset(images.values, [height, width, channels], Uint32Array.from(labels.values), {
    name,
    classNames,
    targetName,
  });
}

/** @param pixels - bytes [rows, ...shape] */
export function pixelDataset(
  pixels: Uint8Array,
  shape: Shape,
  labels: Uint32Array<ArrayBuffer>,
  { name = "images", classNames, targetName = "label", warnings = [] }: FoundOptions,
): Dataset {
  const names =
    classNames ??
    Array.from({ length: labels.reduce((most, label) => Math.max(most, label + 1), 0) }, (_, i) => String(i));
  const bad = labels.findIndex((label) => label >= names.length);
  if (bad >= 0)
    throw new DataError(`${name}: row ${bad}, counted from 0, has the class ${labels[bad]} of ${names.length}.`);
  return Dataset.own({
    name,
    rows: labels.length,
    shape,
    features: fromBytes(pixels),
    labels,
    labelKind: "classes",
    classes: names.length,
    classNames: names,
    targetShape: [],
    weights: undefined,
    featureNames: undefined,
    targetName,
    warnings,
    preprocessing: undefined,
  });
}
