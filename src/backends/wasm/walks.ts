import type { Axis, Bound } from "../../graph/walk.js";
import type { ProgramWriter } from "./writer.js";

/*
 * Tables by which the engine lays rows of a walk side by side, as assembly/walks.ts reads them. One part of the walk's axes
 * are the rows, the others run along a row.
 */

/** Kinds of a row's axes, as in assembly/walks.ts. */
const PLAIN = 0;
const FIRST_BOUND = 1;
const ORDERED = 3;

/** Elements of a row that lie side by side, in as many taps as have positions of their own along the last bound. */
interface ContiguousRun {
  length: number;
  taps: number;
  address: number;
  positions: number[];
  rests: number[];
}

/** The entry for a bound that there is none of: no position is outside. As in assembly/walks.ts. */
const OPEN: Bound = { size: 2 ** 31 - 1, stride: 0, offset: 0, divisor: 1 };

/**
 * Writes a walk's table: axes of rows, bounds, runs along a row.
 *
 * @param rows - the axes that make rows
 * @param along - those that run along a row
 * @returns its address
 */
export function writeWalk(
  writer: ProgramWriter,
  rows: readonly Axis[],
  along: readonly Axis[],
  bounds: readonly Bound[],
): number {
  const both = [0, 1].map((bound) => bounds[bound] ?? OPEN);
  const kindOf = ({ bound, ordered }: Axis) => (ordered ? ORDERED : bound === undefined ? PLAIN : FIRST_BOUND + bound);
  const runs = runsOf(along, both);
  const restOf = ([y, x]: readonly number[]) => y * both[1].divisor + x;
  return writer.table([
    rows.length,
    ...[...rows].reverse().flatMap((axis) => {
      const kind = kindOf(axis);
      return [axis.size, kind === PLAIN || kind === ORDERED ? 4 * axis.stride : axis.stride, kind];
    }),
    ...both.flatMap(({ size, stride, offset, divisor }) => [size, 4 * stride, offset, divisor]),
    runs.length,
    ...runs.flatMap(({ length, taps, address, positions, rests }) => [
      length,
      taps,
      4 * address,
      ...positions,
      restOf(rests),
    ]),
  ]);
}

/** The runs of a row, in order. */
function runsOf(along: readonly Axis[], bounds: readonly Bound[]): ContiguousRun[] {
  const last = along.at(-1)!;
  const isRun = last.stride === 1 && last.bound === undefined && !last.ordered;
  const outer = isRun ? along.slice(0, -1) : along;
  const runs: ContiguousRun[] = [];
  const count = outer.reduce((product, { size }) => product * size, 1);
  for (let i = 0; i < count; i++) {
    const run: ContiguousRun = { length: isRun ? last.size : 1, taps: 1, address: 0, positions: [0, 0], rests: [0, 0] };
    let rest = i;
    for (const { size, stride, bound } of [...outer].reverse()) {
      const at = (rest % size) * stride;
      rest = Math.floor(rest / size);
      if (bound === undefined) run.address += at;
      else run.positions[bound] += at;
    }
    bounds.forEach(({ stride, divisor }, bound) => {
      const above = ((-run.positions[bound] % divisor) + divisor) % divisor;
      run.rests[bound] = above;
      run.positions[bound] = (run.positions[bound] + above) / divisor;
      run.address += run.positions[bound] * stride;
    });
    const before = runs.at(-1);
    if (before && continues(before, run, bounds)) {
      before.length += run.length;
      before.taps++;
    } else {
      runs.push(run);
    }
  }
  return runs;
}

/** Whether a run is the next tap of the one before it: side by side in memory and along the last bound. */
const continues = (before: ContiguousRun, run: ContiguousRun, [, { divisor }]: readonly Bound[]): boolean =>
  divisor === 1 &&
  run.address === before.address + before.length &&
  run.positions[0] === before.positions[0] &&
  run.rests[0] === before.rests[0] &&
  run.positions[1] === before.positions[1] + before.taps;
