import { checkOptions } from "../../core/options.js";
import { RandomStream, Stream } from "../../core/random.js";
import { nextTask } from "../../core/tasks.js";
import { Dataset } from "../dataset.js";
import { type Point, STROKES, type Stroke } from "./digit-strokes.js";
import { checkSynthetic, type SyntheticOptions } from "./plane.js";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const ROWS_AT_A_TIME = 256;

const PIECES_OF_ARC = 12;

/** Strokes as lines of points close to each other. */
function linesOf(strokes: readonly Stroke[]): Point[][] {
  return strokes.map((stroke) => {
    if ("line" in stroke)
      return stroke.line.flatMap((point, i) => (i === 0 ? [point] : between(stroke.line[i - 1], point)));
    const [x, y, rx, ry, from, to] = stroke.arc;
    return Array.from({ length: PIECES_OF_ARC + 1 }, (_, i): Point => {
      const angle = ((from + ((to - from) * i) / PIECES_OF_ARC) * Math.PI) / 180;
      return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
    });
  });
}

const between = ([ax, ay]: Point, [bx, by]: Point): Point[] =>
  [0.25, 0.5, 0.75, 1].map((part): Point => [ax + (bx - ax) * part, ay + (by - ay) * part]);

/** Distortion of one digit: an affine map around the middle, and waves that shift points by where they are. */
function distortion(random: RandomStream): (point: Point) => Point {
  const spread = (most: number) => (random.nextUniform() * 2 - 1) * most;
  const angle = spread(0.26);
  const [cos, sin, shear] = [Math.cos(angle), Math.sin(angle), spread(0.32)];
  const [sx, sy] = [0.82 + spread(0.24), 0.9 + spread(0.16)];
  const [dx, dy] = [spread(0.086), spread(0.072)];
  const waves = Array.from({ length: 4 }, () => ({
    fx: spread(7),
    fy: spread(7),
    phase: spread(Math.PI),
    ax: spread(0.05),
    ay: spread(0.05),
  }));
  return ([x, y]) => {
    const [u, v] = [(x - 0.5) * sx, (y - 0.5) * sy];
    let [px, py] = [cos * (u + shear * v) - sin * v, sin * (u + shear * v) + cos * v];
    for (const { fx, fy, phase, ax, ay } of waves) {
      const wave = Math.sin(fx * x + fy * y + phase);
      px += ax * wave;
      py += ay * wave;
    }
    return [0.5 + px + dx, 0.5 + py + dy];
  };
}

/** Draws a digit into 28 x 28 pixels from 0 (background) to 1 (ink). */
function drawDigit(digit: number, random: RandomStream, pixels: Float32Array): void {
  const ways = STROKES[digit];
  const bend = distortion(random);
  const lines = linesOf(ways[random.nextBelow(ways.length)]).map((line) => line.map(bend));
  const thickness = 0.035 + 0.03 * random.nextUniform();
  const [ink, noise] = [0.75 + 0.25 * random.nextUniform(), 0.12 * random.nextUniform()];
  const soft = 0.03;
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) stroke(line[i - 1], line[i], thickness, soft, pixels);
  }
  for (let i = 0; i < PIXELS; i++) {
    const value = pixels[i] * ink + noise * (random.nextUniform() - 0.3);
    pixels[i] = Math.fround(Math.min(1, Math.max(0, value)));
  }
}

/** A line of some thickness with soft edges; where lines meet the darkest counts. */
function stroke([ax, ay]: Point, [bx, by]: Point, thickness: number, soft: number, pixels: Float32Array): void {
  const reach = thickness + soft;
  const cell = (value: number) => Math.min(SIDE - 1, Math.max(0, Math.floor(value * SIDE)));
  const [left, right] = [cell(Math.min(ax, bx) - reach), cell(Math.max(ax, bx) + reach)];
  const [top, bottom] = [cell(Math.min(ay, by) - reach), cell(Math.max(ay, by) + reach)];
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [(column + 0.5) / SIDE, (row + 0.5) / SIDE];
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
      const away = Math.hypot(x - ax - along * dx, y - ay - along * dy);
      const value = Math.min(1, Math.max(0, (reach - away) / soft));
      const place = row * SIDE + column;
      if (value > pixels[place]) pixels[place] = value;
    }
  }
}

/**
 * Drawn digits in the form of MNIST, from a seed: strokes under random affine maps and waves, with noise. Images are
 * [28, 28, 1], 0 (background) to 1 (ink); classes 0 to 9, one of each in turn.
 *
 * @param options.rows - 20,000 where absent
 * @throws ArgumentError when rows or seed are out of range
 */
export async function syntheticDigits(options: Omit<SyntheticOptions, "noise"> = {}): Promise<Dataset> {
  checkOptions("syntheticDigits", options, { rows: true, seed: true });
  const { rows = 20_000, seed = 0 } = options;
  checkSynthetic("syntheticDigits", { rows, seed }, 1);
  const features = new Float32Array(rows * PIXELS);
  const labels = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    labels[row] = row % 10;
    // Each image has numbers of its own: the first rows of more are the same images.
    const random = new RandomStream(seed, Stream.synthetic, 1, row);
    drawDigit(labels[row], random, features.subarray(row * PIXELS, (row + 1) * PIXELS));
    if (row % ROWS_AT_A_TIME === 0) await nextTask();
  }
  const classNames = Array.from({ length: 10 }, (_, digit) => String(digit));
  return Dataset.own({
    name: "syntheticDigits",
    rows,
    shape: [SIDE, SIDE, 1],
    features,
    labels,
    labelKind: "classes",
    classes: 10,
    classNames,
    targetShape: [],
    weights: undefined,
    featureNames: undefined,
    targetName: "digit",
    warnings: [],
    preprocessing: undefined,
  });
}
