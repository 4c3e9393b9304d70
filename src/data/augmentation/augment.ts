import { ArgumentError } from "../../core/errors.js";
import { checkOptions, type OptionNames } from "../../core/options.js";
import { RandomStream, Stream } from "../../core/random.js";
import { formatShape, type Shape, sizeOf } from "../../core/shape.js";
import { shown } from "../../core/shown.js";
import { Turns } from "../../core/turns.js";

/** Random changes of training images, drawn anew in every epoch. */
export interface Augmentation {
  /** Moved by up to so many pixels along each axis. */
  shift?: number;
  /** Turned by up to so many degrees either way. */
  rotate?: number;
  /** Made larger or smaller by up to this factor: 0.1 for 0.9 to 1.1. */
  scale?: number;
  /** Bent: points on a coarse grid move by a normal distance of so many pixels, those between them along (Simard, 2003). */
  elastic?: number;
  /** Mirrored, left for right, half of the time. */
  flip?: boolean;
  /** Standard deviation of normal numbers added to each value. */
  noise?: number;
  /** Side of a square in pixels that is set to 0, at a random place (DeVries and Taylor, 2017). */
  cutout?: number;
}

const OPTIONS: OptionNames<Augmentation> = {
  shift: true,
  rotate: true,
  scale: true,
  elastic: true,
  flip: "switch",
  noise: true,
  cutout: true,
};

/** Points of the elastic grid along each axis. */
const GRID = 5;

/**
 * Checks an augmentation, and that it is of images.
 *
 * @throws ArgumentError when an option is unknown or out of range, or samples aren't [height, width, channels]
 */
export function checkAugmentation(augment: Augmentation, shape: Shape): void {
  checkOptions("augment", augment, OPTIONS);
  for (const [name, value] of Object.entries(augment)) {
    if (name === "flip" ? typeof value === "boolean" : value >= 0 && value < Infinity) continue;
    throw new ArgumentError(
      `augment: ${name} must be ${name === "flip" ? "true or false" : "a number, 0 or more"}, got ${shown(value)}.`,
    );
  }
  if (augment.scale !== undefined && augment.scale >= 1) {
    throw new ArgumentError(`augment: scale must be below 1, such as 0.1 for 0.9 to 1.1, got ${shown(augment.scale)}.`);
  }
  if (shape.length === 3) return;
  throw new ArgumentError(
    `augment: is for images [height, width, channels], but samples are ${formatShape(shape)}. Say their shape: ` +
      "Dataset.from({ ...data, shape: [28, 28, 1] }).",
  );
}

/**
 * One image as it is seen in one epoch. Its numbers depend on seed, epoch and row alone: they are the same on every
 * backend, in every order of rows, in windows and on resume.
 *
 * @param image - [height, width, channels]
 * @param out - of the same size; written
 */
export function augmentImage(
  image: Float32Array,
  out: Float32Array,
  [height, width, channels]: Shape,
  augment: Augmentation,
  random: RandomStream,
): void {
  const { shift = 0, rotate = 0, scale = 0, elastic = 0, flip = false, noise = 0, cutout = 0 } = augment;
  const spread = (most: number) => (most > 0 ? (random.nextUniform() * 2 - 1) * most : 0);
  const isMirrored = flip && random.nextWord() >= 2 ** 31;
  const angle = (spread(rotate) * Math.PI) / 180;
  const factor = 1 / (1 + spread(scale));
  const [dx, dy] = [spread(shift), spread(shift)];
  const bend = elastic > 0 ? new Bend(height, width, elastic, random) : undefined;
  const [cos, sin] = [Math.cos(angle) * factor, Math.sin(angle) * factor];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const [from, to] = [image, out].map((values): Pixels => ({ values, height, width, channels }));
  let place = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      // The place in the image that comes here: every step taken back.
      let x = column - cx - dx;
      let y = row - cy - dy;
      if (bend) {
        x += bend.at(row, column, 0);
        y += bend.at(row, column, 1);
      }
      const turned = cos * x + sin * y;
      y = cos * y - sin * x;
      x = isMirrored ? -turned : turned;
      sample(from, x + cx, y + cy, out, place);
      place += channels;
    }
  }
  if (noise > 0) for (let i = 0; i < place; i++) out[i] += random.nextNormal() * noise;
  if (cutout > 0) cut(to, cutout, random);
}

/** Displacements of an image's pixels: those of the coarse grid's points, between them by bilinear interpolation. */
class Bend {
  /** [GRID, GRID, x and y] */
  readonly #points: Float64Array;
  readonly #rows: Between;
  readonly #columns: Between;

  constructor(height: number, width: number, deviation: number, random: RandomStream) {
    this.#points = new Float64Array(2 * GRID * GRID).map(() => random.nextNormal() * deviation);
    this.#rows = betweenPoints(height);
    this.#columns = betweenPoints(width);
  }

  /** @param axis - 0 for x, 1 for y */
  at(row: number, column: number, axis: number): number {
    const points = this.#points;
    const fv = this.#rows.shares[row];
    const fu = this.#columns.shares[column];
    const top = (this.#rows.firsts[row] * GRID + this.#columns.firsts[column]) * 2 + axis;
    const bottom = top + 2 * GRID;
    const upper = points[top] * (1 - fu) + points[top + 2] * fu;
    const lower = points[bottom] * (1 - fu) + points[bottom + 2] * fu;
    return upper * (1 - fv) + lower * fv;
  }
}

/** Of each pixel along an axis: the grid's point before it, and how far it is from there to the next. */
interface Between {
  firsts: Uint8Array;
  shares: Float64Array;
}

function betweenPoints(length: number): Between {
  const places = new Float64Array(length).map((_, i) => (i / length) * (GRID - 1));
  const firsts = new Uint8Array(places).map((point) => Math.min(GRID - 2, point));
  return { firsts, shares: places.map((place, i) => place - firsts[i]) };
}

/** An image's values, [height, width, channels]. */
interface Pixels {
  values: Float32Array;
  height: number;
  width: number;
  channels: number;
}

/**
 * The channels of an image at (x, y) between its pixels, by bilinear interpolation; 0 outside of it.
 *
 * @param out - written from `place` on
 */
function sample(image: Pixels, x: number, y: number, out: Float32Array, place: number): void {
  const { values, height, width, channels } = image;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  for (let channel = 0; channel < channels; channel++) {
    let value = 0;
    for (let corner = 0; corner < 4; corner++) {
      const column = left + (corner & 1);
      const row = top + (corner >> 1);
      if (column < 0 || column >= width || row < 0 || row >= height) continue;
      const weight = (corner & 1 ? fx : 1 - fx) * (corner >> 1 ? fy : 1 - fy);
      value += weight * values[(row * width + column) * channels + channel];
    }
    out[place + channel] = value;
  }
}

/** Sets a square to 0, at a random place. @param size - of its side, in pixels */
function cut({ values, height, width, channels }: Pixels, size: number, random: RandomStream): void {
  const [row, column] = [random.nextBelow(height), random.nextBelow(width)];
  const [top, left] = [Math.max(0, row - (size >> 1)), Math.max(0, column - (size >> 1))];
  const [bottom, right] = [Math.min(height, row - (size >> 1) + size), Math.min(width, column - (size >> 1) + size)];
  for (let y = top; y < bottom; y++) values.fill(0, (y * width + left) * channels, (y * width + right) * channels);
}

/** The images of a data set, and the epoch they are augmented for. */
export interface EpochImages {
  /** [rows, ...shape] */
  images: Float32Array;
  /** [rows, ...shape], written. */
  out: Float32Array;
  shape: Shape;
  augment: Augmentation;
  seed: number;
  epoch: number;
}

/** Augments all images of a data set for one epoch. Other work of the thread gets its turn in between. */
export async function augmentEpoch({ images, out, shape, augment, seed, epoch }: EpochImages): Promise<void> {
  const size = sizeOf(shape);
  const turns = new Turns();
  for (let row = 0; row * size < images.length; row++) {
    const random = new RandomStream(seed, Stream.augmentation, epoch, row);
    const [from, to] = [row * size, (row + 1) * size];
    augmentImage(images.subarray(from, to), out.subarray(from, to), shape, augment, random);
    if (row % 16 === 15 && turns.isDue(1)) await turns.give();
  }
}
