import { blobs, checkerboard, circles, type Dataset, moons, Standardiser, spirals } from "neuromotor/data";
import type { Settings } from "../settings/settings.js";
import type { Bounds, Points } from "./protocol.js";

/** The rows of a training, as the network sees them, and what is needed to show them. */
export interface Parts {
  train: Dataset;
  heldOut: Dataset | undefined;
  standardiser: Standardiser;
  /** Where rows are points of the plane. */
  plane: { points: Points; bounds: Bounds } | undefined;
}

const drawn = { moons, circles, spirals, blobs, checkerboard };

/** Share of the plane's width that is left free around the points. */
const MARGIN = 0.15;

/** Draws points, or loads a data set; what reads files is fetched when it is first used. */
async function load({ data, rows, noise }: Settings): Promise<Dataset> {
  switch (data) {
    case "xor":
    case "iris":
    case "wine":
    case "digits":
      return (await import("./samples.js")).samples[data]();
    default:
      return drawn[data]({ rows, noise });
  }
}

/** The parts of the data, scaled by what is measured on the training part: as the command line does. */
export async function loadParts(settings: Settings): Promise<Parts> {
  const data = await load(settings);
  const { heldOut: test, seed } = settings;
  const parts = test > 0 ? data.split({ test, stratify: true, seed }) : { train: data, test: undefined };
  const standardiser = Standardiser.fit(parts.train);
  const { train, test: heldOut } = parts;
  return {
    train: standardiser.apply(train),
    heldOut: heldOut && standardiser.apply(heldOut),
    standardiser,
    plane: data.shape.length === 1 && data.shape[0] === 2 ? planeOf(train, heldOut) : undefined,
  };
}

function planeOf(train: Dataset, heldOut: Dataset | undefined) {
  const parts = heldOut ? [train, heldOut] : [train];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const points: Points = {
    places: new Float32Array(2 * rows),
    classes: new Uint8Array(rows),
    heldOut: new Uint8Array(rows),
  };
  let at = 0;
  for (const part of parts) {
    points.places.set(part.features, 2 * at);
    points.classes.set(part.labels, at);
    points.heldOut.fill(Number(part === heldOut), at, at + part.rows);
    at += part.rows;
  }
  return { points, bounds: boundsOf(points.places) };
}

/** A square around all points. */
function boundsOf(places: Float32Array): Bounds {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < places.length; i += 2) {
    left = Math.min(left, places[i]);
    right = Math.max(right, places[i]);
    bottom = Math.min(bottom, places[i + 1]);
    top = Math.max(top, places[i + 1]);
  }
  const half = (Math.max(right - left, top - bottom, 1e-6) / 2) * (1 + 2 * MARGIN);
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return { left: x - half, right: x + half, bottom: y - half, top: y + half };
}

/** Centres of the fields of a board of `side` x `side` over the plane, row by row from the top: [side², 2]. */
export function gridOf({ left, right, bottom, top }: Bounds, side: number): Float32Array<ArrayBuffer> {
  const grid = new Float32Array(2 * side * side);
  for (let row = 0, at = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      grid[at++] = left + ((column + 0.5) / side) * (right - left);
      grid[at++] = top - ((row + 0.5) / side) * (top - bottom);
    }
  }
  return grid;
}
