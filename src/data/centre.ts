import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { formatShape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { Dataset } from "./dataset.js";

/** Options of `centreImages`. */
export interface CentreOptions {
  /** Side of the images that are made, in pixels; 28. */
  side?: number;
  /** Longer side of the ink, in pixels; 20. */
  box?: number;
  /** Take the slant out, so that upright strokes stand upright. Default true. */
  straighten?: boolean;
  /** Least pixel that counts as ink; darker ones become 0. Default 0.15. */
  ink?: number;
}

/** Samples of a pixel along each axis, for each pixel of the source that it covers. */
const SAMPLES = 2;
/** A slant beyond 45 degrees is none of handwriting. */
const MOST_SLANT = 1;

/** An image of one channel, [height, width]. */
interface Image {
  pixels: Float32Array;
  height: number;
  width: number;
}

/**
 * Images of a single shape of ink, such as digits, brought to the form of MNIST's (LeCun and others, 1998): ink scaled to
 * fit a box, its centre of mass in the middle. Unlike there, the slant is taken out, too: the ink is sheared until its
 * columns don't lean, x - y · Σ(x y) / Σ(y y) about the centre. Images without ink become empty.
 *
 * @param data - [height, width, 1], 0 for the background
 * @returns the same rows, [side, side, 1]
 * @throws ShapeError when samples aren't images of one channel; ArgumentError when an option is out of range
 */
export function centreImages(data: Dataset, options: CentreOptions = {}): Dataset {
  const defaults = { side: 28, box: 20, straighten: true, ink: 0.15 };
  const { side, box, straighten, ink } = optionsOf("centreImages", options, defaults);
  if (!Number.isSafeInteger(side) || side < 1 || !(box > 0) || !(box <= side)) {
    throw new ArgumentError(
      `centreImages: side must be a whole number, 1 or more, and box above 0 and at most side, got ${shown(side)} and ${shown(box)}.`,
    );
  }
  if (!(ink > 0 && ink < Infinity)) throw new ArgumentError(`centreImages: ink must be above 0, got ${shown(ink)}.`);
  const [height, width, channels] = data.shape;
  if (data.shape.length !== 3 || channels !== 1) {
    throw new ShapeError(
      `centreImages: needs images [height, width, 1], got samples ${formatShape(data.shape)}. Say their shape: ` +
        "Dataset.from({ ...data, shape: [28, 28, 1] }).",
    );
  }
  const [before, after] = [height * width, side * side];
  const features = new Float32Array(data.rows * after);
  for (let row = 0; row < data.rows; row++) {
    const pixels = data.features.slice(row * before, (row + 1) * before);
    for (let i = 0; i < before; i++) if (pixels[i] < ink) pixels[i] = 0;
    const image = { pixels, height, width };
    draw(image, inkOf(image, straighten), side, box, features.subarray(row * after, (row + 1) * after));
  }
  return Dataset.from({ ...data, features, shape: [side, side, 1] });
}

/** Where an image's ink is: its centre, slant and longer side once it is straight; undefined where there is none. */
function inkOf({ pixels, height, width }: Image, straighten: boolean) {
  const each = (take: (x: number, y: number, weight: number) => void) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (pixels[y * width + x] > 0) take(x + 0.5, y + 0.5, pixels[y * width + x]);
      }
    }
  };
  let [mass, x, y] = [0, 0, 0];
  each((u, v, weight) => {
    mass += weight;
    x += weight * u;
    y += weight * v;
  });
  if (mass === 0) return undefined;
  x /= mass;
  y /= mass;
  let [xy, yy] = [0, 0];
  each((u, v, weight) => {
    xy += weight * (u - x) * (v - y);
    yy += weight * (v - y) ** 2;
  });
  const slant = straighten && yy > 0 ? Math.max(-MOST_SLANT, Math.min(MOST_SLANT, xy / yy)) : 0;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  each((u, v) => {
    const across = u - slant * (v - y);
    left = Math.min(left, across - 0.5);
    right = Math.max(right, across + 0.5);
    top = Math.min(top, v - 0.5);
    bottom = Math.max(bottom, v + 0.5);
  });
  return { x, y, slant, longer: Math.max(right - left, bottom - top) };
}

/** Draws the ink into an image: each pixel is the mean of samples of the source, linear between its pixels. */
function draw(image: Image, ink: ReturnType<typeof inkOf>, side: number, box: number, into: Float32Array): void {
  if (!ink) return;
  const scale = ink.longer / box;
  const samples = SAMPLES * Math.max(1, Math.ceil(scale));
  for (let row = 0, at = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let i = 0; i < samples * samples; i++) {
        const down = (row + ((i % samples) + 0.5) / samples - side / 2) * scale;
        const across = (column + (Math.floor(i / samples) + 0.5) / samples - side / 2) * scale;
        sum += valueAt(image, ink.x + across + ink.slant * down, ink.y + down);
      }
      into[at++] = sum / samples ** 2;
    }
  }
}

/** The value at a place, whole numbers being corners of pixels; 0 outside. */
function valueAt({ pixels, height, width }: Image, x: number, y: number): number {
  const [u, v] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [right, below] = [x - 0.5 - u, y - 0.5 - v];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= width || row >= height ? 0 : pixels[row * width + column];
  const above = (1 - right) * at(u, v) + right * at(u + 1, v);
  return (1 - below) * above + below * ((1 - right) * at(u, v + 1) + right * at(u + 1, v + 1));
}
