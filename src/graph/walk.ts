import { type Shape, stridesOf } from "../core/shape.js";

/*
 * Walks: where elements lie that are read in another order than they are stored in. A transpose, a broadcast axis, a batch
 * of the data set and the patches of a convolution are all walks over memory that stays as it is.
 */

/** An axis of a walk. */
export interface Axis {
  size: number;
  /** Elements from one coordinate to the next; of an axis with a bound, positions along what the bound limits. */
  stride: number;
  /** Number of the bound among the walk's. */
  bound?: number;
  /** True where coordinates are places of the step's batch, whose rows are found through the epoch's order. */
  ordered?: boolean;
}

/**
 * A limit of an image's height or width. Axes with this bound add up to position = Σ coordinate × stride - offset. Elements
 * exist where it is a multiple of the divisor and 0 <= position / divisor < size, and lie position / divisor × stride from
 * the start; everywhere else is 0.
 */
export interface Bound {
  size: number;
  stride: number;
  offset: number;
  divisor: number;
}

/** A tensor as a walk over the memory of another: the axes of each of its axes, outermost first. */
export interface View {
  axes: readonly (readonly Axis[])[];
  /** At most two: of an image's height and width. */
  bounds: readonly Bound[];
}

/** A side of a product: element (matrix, i, k), where i is a row of the left side or a column of the right. */
export interface Walk {
  batch: readonly Axis[];
  own: readonly Axis[];
  inner: readonly Axis[];
  bounds: readonly Bound[];
}

/** A tensor as it is stored. */
export const viewOfShape = (shape: Shape): View => {
  const strides = stridesOf(shape);
  return { axes: shape.map((size, axis) => [{ size, stride: strides[axis] }]), bounds: [] };
};

/** The number of coordinates of some axes together. */
export const countOf = (axes: readonly Axis[]): number => axes.reduce((count, { size }) => count * size, 1);

/** The same walk over as few axes as can be: axes that continue each other become one, those of one coordinate none. */
export function merged(axes: readonly Axis[]): Axis[] {
  const result: Axis[] = [];
  for (const axis of axes) {
    const outer = result.at(-1);
    if (!outer || isSingle(outer)) result.splice(-1, 1, axis);
    else if (isSingle(axis)) continue;
    else if (continues(outer, axis)) result.splice(-1, 1, { ...axis, size: outer.size * axis.size });
    else result.push(axis);
  }
  return result;
}

/** Whether an axis has one coordinate, which is the same in every batch. */
const isSingle = ({ size, ordered }: Axis): boolean => size === 1 && !ordered;

const continues = (outer: Axis, inner: Axis): boolean =>
  !outer.ordered && !inner.ordered && outer.bound === inner.bound && outer.stride === inner.stride * inner.size;

/** The view under another shape; undefined where an axis of the shape isn't made of whole axes or parts of one. */
export function reshaped({ axes, bounds }: View, shape: Shape): View | undefined {
  const left = axes.flat().filter((axis) => !isSingle(axis));
  const result: Axis[][] = [];
  for (const size of [...shape].reverse()) {
    const own: Axis[] = [];
    for (let wanted = size; wanted > 1; ) {
      const axis = left.pop()!;
      const part = Math.min(wanted, axis.size);
      const outside = axis.size / part;
      if (wanted % part !== 0 || !Number.isInteger(outside) || (outside > 1 && axis.ordered)) return undefined;
      if (outside > 1) left.push({ ...axis, size: outside, stride: axis.stride * part });
      own.unshift({ ...axis, size: part });
      wanted /= part;
    }
    result.unshift(own);
  }
  result[0]?.unshift(...left); // a batch of one row
  return { axes: result.map((own) => (own.length > 0 ? own : [{ size: 1, stride: 0 }])), bounds };
}

/** The walk without bounds that always hold, which only cost time. */
export function withoutIdleBounds(walk: Walk): Walk {
  const all = [...walk.batch, ...walk.own, ...walk.inner];
  const idle = walk.bounds.map(({ size, offset, divisor }, bound) => {
    const own = all.filter((axis) => axis.bound === bound);
    const last = own.reduce((sum, axis) => sum + axis.stride * (axis.size - 1), 0);
    return offset === 0 && divisor === 1 && own.every(({ stride }) => stride >= 0) && last < size;
  });
  const left = walk.bounds.filter((_, bound) => !idle[bound]);
  const axisOf = ({ bound, ...axis }: Axis): Axis => {
    if (bound === undefined) return axis;
    if (idle[bound]) return { ...axis, stride: axis.stride * walk.bounds[bound].stride };
    return { ...axis, bound: left.indexOf(walk.bounds[bound]) };
  };
  const axes = (some: readonly Axis[]) => merged(some.map(axisOf));
  return { batch: axes(walk.batch), own: axes(walk.own), inner: axes(walk.inner), bounds: left };
}

/** Where a product's sides are read, and where its results go: row `own`, column `inner`. */
export interface ProductWalks {
  a: Walk;
  b: Walk;
  y: Walk;
  /** Rows that follow each other of whose results the largest is kept, column by column: y's rows are fewer by so much. */
  largest?: number;
}
