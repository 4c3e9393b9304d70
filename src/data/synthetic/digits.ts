import { checkOptions } from "../../core/options.js";
import { RandomStream, Stream } from "../../core/random.js";
import { nextTask } from "../../core/tasks.js";
import { Dataset } from "../dataset.js";
import { checkSynthetic, type SyntheticOptions } from "./plane.js";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const ROWS_AT_A_TIME = 256;

type Point = readonly [x: number, y: number];
/** A line through points, or a part of an ellipse: centre, radii, and the angles it begins and ends at in degrees. */
type Stroke =
  | { line: readonly Point[] }
  | { arc: readonly [x: number, y: number, rx: number, ry: number, from: number, to: number] };

/** An eight in one stroke, which crosses itself; half as wide above and below. */
const eight = (above: number, below: number): Stroke => ({
  line: Array.from({ length: 25 }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / 24;
    const wide = Math.cos(angle) > 0 ? above : below;
    return [0.5 - wide * Math.sin(2 * angle), 0.5 - 0.42 * Math.cos(angle)];
  }),
});

/** Each digit as strokes, in a square from 0 to 1 with y downwards; some in several ways of writing. */
const STROKES: readonly (readonly (readonly Stroke[])[])[] = [
  [[{ arc: [0.5, 0.5, 0.28, 0.42, 0, 360] }]],
  [
    [
      {
        line: [
          [0.38, 0.25],
          [0.55, 0.08],
          [0.55, 0.92],
        ],
      },
    ],
    [
      {
        line: [
          [0.5, 0.08],
          [0.5, 0.92],
        ],
      },
    ],
  ],
  [
    [
      { arc: [0.46, 0.3, 0.24, 0.2, 200, 395] },
      {
        line: [
          [0.64, 0.42],
          [0.5, 0.62],
          [0.3, 0.84],
          [0.22, 0.9],
          [0.36, 0.84],
          [0.52, 0.9],
          [0.68, 0.95],
          [0.84, 0.88],
        ],
      },
    ],
    [
      { arc: [0.46, 0.28, 0.22, 0.18, 190, 400] },
      {
        line: [
          [0.62, 0.4],
          [0.46, 0.66],
          [0.34, 0.82],
        ],
      },
      { arc: [0.27, 0.8, 0.12, 0.09, 0, 360] },
      {
        line: [
          [0.36, 0.86],
          [0.6, 0.9],
          [0.86, 0.86],
        ],
      },
    ],
    [
      { arc: [0.48, 0.29, 0.2, 0.2, 195, 400] },
      {
        line: [
          [0.63, 0.43],
          [0.5, 0.6],
          [0.34, 0.76],
          [0.24, 0.86],
          [0.4, 0.87],
          [0.6, 0.86],
          [0.92, 0.84],
        ],
      },
    ],
    [
      { arc: [0.42, 0.28, 0.22, 0.2, 220, 400] },
      {
        line: [
          [0.6, 0.42],
          [0.44, 0.7],
          [0.3, 0.9],
          [0.5, 0.92],
          [0.8, 0.93],
        ],
      },
    ],
    [
      { arc: [0.5, 0.27, 0.22, 0.19, 180, 400] },
      {
        line: [
          [0.66, 0.4],
          [0.55, 0.58],
          [0.4, 0.76],
          [0.28, 0.84],
          [0.2, 0.8],
          [0.22, 0.72],
          [0.32, 0.7],
          [0.46, 0.78],
          [0.6, 0.88],
          [0.74, 0.9],
          [0.86, 0.84],
        ],
      },
    ],
    [
      { arc: [0.5, 0.27, 0.2, 0.19, 190, 390] },
      {
        line: [
          [0.67, 0.38],
          [0.6, 0.56],
          [0.44, 0.8],
          [0.34, 0.9],
          [0.26, 0.84],
          [0.3, 0.74],
          [0.44, 0.78],
          [0.62, 0.92],
          [0.8, 0.96],
        ],
      },
    ],
    [
      { arc: [0.5, 0.3, 0.26, 0.22, 180, 390] },
      {
        line: [
          [0.72, 0.41],
          [0.24, 0.9],
          [0.78, 0.9],
        ],
      },
    ],
    [
      { arc: [0.48, 0.3, 0.25, 0.22, 190, 400] },
      {
        line: [
          [0.67, 0.44],
          [0.3, 0.82],
        ],
      },
      { arc: [0.36, 0.84, 0.09, 0.07, 90, 270] },
      {
        line: [
          [0.36, 0.91],
          [0.78, 0.88],
        ],
      },
    ],
  ],
  [
    [{ arc: [0.45, 0.29, 0.26, 0.21, 200, 450] }, { arc: [0.45, 0.71, 0.29, 0.22, 270, 520] }],
    [
      {
        line: [
          [0.25, 0.1],
          [0.72, 0.1],
          [0.46, 0.42],
        ],
      },
      { arc: [0.45, 0.67, 0.27, 0.25, 270, 520] },
    ],
  ],
  [
    [
      {
        line: [
          [0.6, 0.08],
          [0.2, 0.62],
          [0.82, 0.62],
        ],
      },
      {
        line: [
          [0.62, 0.35],
          [0.62, 0.92],
        ],
      },
    ],
    [
      {
        line: [
          [0.28, 0.1],
          [0.25, 0.52],
          [0.75, 0.5],
        ],
      },
      {
        line: [
          [0.72, 0.1],
          [0.68, 0.92],
        ],
      },
    ],
  ],
  [
    [
      {
        line: [
          [0.74, 0.1],
          [0.32, 0.1],
          [0.29, 0.45],
        ],
      },
      { arc: [0.46, 0.65, 0.28, 0.25, 230, 510] },
    ],
  ],
  [
    [
      {
        line: [
          [0.58, 0.08],
          [0.42, 0.3],
          [0.33, 0.55],
          [0.34, 0.78],
        ],
      },
      { arc: [0.49, 0.76, 0.16, 0.15, 0, 360] },
    ],
    [
      {
        line: [
          [0.66, 0.1],
          [0.5, 0.22],
          [0.36, 0.45],
          [0.3, 0.72],
        ],
      },
      { arc: [0.5, 0.74, 0.2, 0.17, 0, 360] },
    ],
    [{ arc: [0.62, 0.5, 0.36, 0.42, 180, 280] }, { arc: [0.5, 0.68, 0.24, 0.23, 0, 360] }],
    [
      {
        line: [
          [0.62, 0.08],
          [0.36, 0.38],
          [0.27, 0.66],
        ],
      },
      { arc: [0.5, 0.69, 0.23, 0.21, 0, 360] },
    ],
  ],
  [
    [
      {
        line: [
          [0.22, 0.12],
          [0.78, 0.12],
          [0.42, 0.92],
        ],
      },
    ],
    [
      {
        line: [
          [0.22, 0.14],
          [0.76, 0.12],
          [0.44, 0.92],
        ],
      },
      {
        line: [
          [0.4, 0.52],
          [0.74, 0.5],
        ],
      },
    ],
  ],
  [
    [{ arc: [0.5, 0.29, 0.21, 0.2, 0, 360] }, { arc: [0.5, 0.7, 0.26, 0.22, 0, 360] }],
    [eight(0.2, 0.2)],
    [eight(0.24, 0.16)],
    [eight(0.15, 0.15)],
  ],
  [
    [
      { arc: [0.48, 0.32, 0.24, 0.23, 0, 360] },
      {
        line: [
          [0.72, 0.32],
          [0.66, 0.92],
        ],
      },
    ],
    [{ arc: [0.48, 0.31, 0.22, 0.22, 0, 360] }, { arc: [0.36, 0.48, 0.36, 0.44, 0, 90] }],
  ],
];

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
