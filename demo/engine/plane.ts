import type { Dataset } from "neuromotor/data";
import type { Bounds, Points } from "./run.js";

/** Share of the plane's width that is left free around the points. */
const MARGIN = 0.15;

/** Rows of two features as points, with the part of the plane around them. */
export function planeOf(train: Dataset, heldOut: Dataset | undefined): { points: Points; bounds: Bounds } {
  const parts = heldOut ? [train, heldOut] : [train];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const points: Points = {
    places: new Float32Array(2 * rows),
    labels: new Float32Array(rows),
    heldOut: new Uint8Array(rows),
  };
  let at = 0;
  for (const part of parts) {
    points.places.set(part.features, 2 * at);
    points.labels.set(part.labels, at);
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
