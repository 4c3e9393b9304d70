import { ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sameShape } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { add, mul } from "./elementwise.js";
import { padOp, slice } from "./indexing.js";
import { reshape, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { sum } from "./reduce.js";
import { inexactFunctionsIn, type TracedCell, termsIn } from "./traced-cell.js";
import { unfold } from "./unfold.js";

/*
 * Recurrence over time as one op: only the step from a state to the next is worked one place after the other. Products with
 * the inputs, and those of the weights' gradients, are ordinary ones over all places at once.
 */

/**
 * Cells by their names: gates in PyTorch's order, the numbers kept of each unit at each place, and how many of these are
 * states, which come first.
 */
export const CELLS = {
  /** h' = tanh(z) */
  tanh: { gates: 1, kept: 1, states: 1 },
  /** h' = max(0, z) */
  relu: { gates: 1, kept: 1, states: 1 },
  /** Gates r, z, n; kept are h, r, z and the hidden part of n's sum. */
  gru: { gates: 3, kept: 4, states: 1 },
  /** Gates i, f, g, o; kept are h, c, i, f, g, o. */
  lstm: { gates: 4, kept: 6, states: 2 },
} as const;

export type Cell = keyof typeof CELLS;

export interface Recurrence extends Attributes {
  /** By its name, or one of the user's own. */
  cell: Cell | TracedCell;
  /** Whether places are worked from the last to the first. */
  reverse: boolean;
  /** Whether an input is a mask [batch, time]: where it is 0 the state stays as it is. */
  masked: boolean;
  /** Whether an input is the states to begin with, [batch, states x units]; 0 otherwise. */
  begun: boolean;
  /** Whether the last input multiplies h of each row before the weight does, at every place alike: [batch, units], dropout. */
  dropped: boolean;
  /** Products that are added up for an element: the units. */
  terms: number;
  /** Slopes that a gradient is given: of all states, of h at each place [batch, time, units], or of the last h [batch, 1, units]. */
  given?: "all" | "states" | "last";
  /** The tensor that a gradient is of: z, the hidden sums, or the states to begin with. */
  of?: "z" | "hidden" | "start";
}

/** Sizes of a recurrence. @param z - [batch, time, gates x units] */
export function sizesOf({ shape: [batch, time, width] }: { shape: readonly number[] }, { cell }: Recurrence) {
  const { gates, kept, states } = typeof cell === "string" ? CELLS[cell] : cell;
  const units = width / gates;
  return { batch, time, units, gates, kept, states };
}

const ATTRIBUTES = {
  cell: true,
  reverse: true,
  masked: true,
  begun: true,
  dropped: true,
  terms: true,
  given: true,
  of: true,
} as const;

export const recurrenceOp: OpFunction<Recurrence> = defineOp("recurrence", {
  attributes: ATTRIBUTES,
  error: {
    functions: ({ cell }) =>
      typeof cell === "string" ? ["exponential", "division", "hyperbolic"] : inexactFunctionsIn(cell.step),
    terms: ([z], attributes) => termsOf(z, attributes, "step"),
    summed: (z, weight) => Math.max(z, weight),
  },
  shape: ([z], attributes) => {
    const { batch, time, units, kept } = sizesOf(z, attributes);
    return [batch, time, kept * units];
  },
  gradient: (dy, [z, weight, _, ...further], y, attributes) => {
    const { batch, time, units, gates } = sizesOf(z, attributes);
    const { reverse } = attributes;
    const { mask, first, shown } = besideOf(attributes, further);
    const { slopes, given } = slopesOf(dy, units, time, reverse);
    const slope = (of: Recurrence["of"]) =>
      recurrenceGradient(slopes, z, y, weight, ...further, { ...attributes, given, of });
    const dz = slope("z");
    const { cell } = attributes;
    const sameSlopes = typeof cell === "string" || cell.isAdded;
    const hidden = cell === "gru" ? gruHiddenGradient(dz, y) : sameSlopes ? dz : slope("hidden");
    const width = gates * units;
    const rows = reshape(hidden, [batch * time, width]);
    const previous = previousStates(y, units, reverse);
    const before = shown ? mul(previous, reshape(shown, [batch, 1, units])) : previous;
    const byPlaces = matmul(transpose(reshape(before, [batch * time, units])), rows);
    const begins = first && slice(first, [0, 0], [batch, units]);
    const firstRows = () => reshape(slice(hidden, [0, reverse ? time - 1 : 0, 0], [batch, 1, width]), [batch, width]);
    const dWeight = begins
      ? add(byPlaces, matmul(transpose(shown ? mul(begins, shown) : begins), firstRows()))
      : byPlaces;
    return [
      ...[dz, dWeight, sum(rows, 0)],
      ...(mask ? [undefined] : []),
      ...(first ? [slope("start")] : []),
      ...(shown ? [undefined] : []),
    ];
  },
});

/** Numbers that are added up for an element: products of all places, and what a traced cell adds up beside them. */
function termsOf([, time, width]: Shape, attributes: Recurrence, program: "step" | "slopes"): number {
  const { cell } = attributes;
  const { units } = sizesOf({ shape: [1, time, width] }, attributes);
  return time * (typeof cell === "string" ? units : units + termsIn(cell[program]));
}

/** Inputs of a recurrence beside z and its parameters, of all that come after these. */
export function besideOf<T>({ masked, begun, dropped }: Recurrence, further: readonly T[]) {
  const [...left] = further;
  const next = (isThere: boolean) => (isThere ? left.shift() : undefined);
  return { mask: next(masked), first: next(begun), shown: next(dropped) };
}

/** The slopes of h alone, where those of the rest are the zeros around them. */
function slopesOf(dy: Tensor, units: number, time: number, reverse: boolean) {
  const [inner] = dy.inputs;
  const { start } = dy.attributes as { start?: readonly number[] };
  if (dy.op === padOp.op && inner.shape[2] === units && start![2] === 0) {
    if (inner.shape[1] === time) return { slopes: inner, given: "states" as const };
    if (inner.shape[1] === 1 && start![1] === (reverse ? 0 : time - 1))
      return { slopes: inner, given: "last" as const };
  }
  return { slopes: dy, given: "all" as const };
}

/**
 * The gradient of a recurrence for z or the hidden sums, [batch, time, gates x units], or for its first states, [batch, states x
 * units], by dy, z, y, the hidden weight, and what else the recurrence reads. One launch makes those of z and of the sums.
 */
export const recurrenceGradient: OpFunction<Recurrence> = defineOp("recurrenceGradient", {
  attributes: ATTRIBUTES,
  error: {
    functions: ({ cell }) => (typeof cell === "string" ? ["hyperbolic"] : inexactFunctionsIn(cell.slopes)),
    terms: ([, z], attributes) => termsOf(z, attributes, "slopes") * 4,
    summed: (dy, z, y, weight) => dy * Math.max(1, weight, y, z),
  },
  shape: ([, z], attributes) => {
    const { batch, units, states } = sizesOf(z, attributes);
    return attributes.of === "start" ? [batch, states * units] : z.shape;
  },
  secondOf: (tensor, other) =>
    tensor.op === other.op &&
    tensor.attributes.of === "hidden" &&
    other.attributes.of === "z" &&
    tensor.inputs.every((input, i) => input === other.inputs[i]),
});

/**
 * The gradient of a GRU's hidden sums, by that of its inputs' and y: the last gate's is multiplied by the gate r. An element
 * needs its own of dz, and reads y where the gate r of its unit lies, so that it goes with what makes dz.
 */
export const gruHiddenGradient: OpFunction = defineOp("gruHiddenGradient", {
  error: {},
  elementwise: true,
  shape: ([dz]) => dz.shape,
});

/** h before each place, 0 before the first: [batch, time, units]. */
function previousStates(y: Tensor, units: number, reverse: boolean): Tensor {
  const [batch, time] = y.shape;
  const one = [1, 1] as const;
  const before = [reverse ? -1 : 1, 0] as const;
  const window = { kernel: one, stride: one, dilation: one, before, output: [time, 1] as const };
  const states = reshape(statesOf(y, units), [batch, time, 1, units]);
  return reshape(unfold(states, window), [batch, time, units]);
}

/** Inputs of a recurrence beside z and its parameters, those that there are. */
interface Beside {
  /** [batch, time] f32 */
  mask?: Tensor;
  /** The states to begin with, [batch, states x units]; 0 where absent. */
  first?: Tensor;
  /** Factors of h before the weight multiplies it, [batch, units]; they have no gradient. */
  shown?: Tensor;
}

/**
 * States of a recurrent layer over time, from z = x W + b: s(t) = cell(z(t), s(t - 1) hiddenWeight + hiddenBias, s(t - 1)).
 *
 * @param z - [batch, time, gates x units]
 * @param weight - [units, gates x units]
 * @param bias - [gates x units]
 * @returns [batch, time, kept x units]: the states, h first, and then what the gradient needs
 * @throws ShapeError when shapes don't fit
 */
export function recurrence(
  z: Tensor,
  weight: Tensor,
  bias: Tensor,
  attributes: Pick<Recurrence, "cell" | "reverse">,
  { mask, first, shown }: Beside = {},
): Tensor {
  const has = { masked: !!mask, begun: !!first, dropped: !!shown };
  const all: Recurrence = { ...attributes, ...has, terms: weight.shape[0] };
  const { units, gates, batch, time, states } = sizesOf(z, all);
  const wanted: [Tensor | undefined, Shape][] = [
    [weight, [units, gates * units]],
    [bias, [gates * units]],
    [mask, [batch, time]],
    [first, [batch, states * units]],
    [shown, [batch, units]],
  ];
  const given = wanted.filter((each): each is [Tensor, Shape] => each[0] !== undefined);
  if (!Number.isInteger(units) || given.some(([tensor, shape]) => !sameShape(tensor.shape, shape))) {
    throw new ShapeError(
      `recurrence: z ${formatShape(z.shape)} needs weight, bias, mask, first states and dropout ` +
        `${given.map(([, shape]) => formatShape(shape)).join(", ")}, got ${given.map(([tensor]) => formatShape(tensor.shape)).join(", ")}.`,
    );
  }
  return recurrenceOp(z, ...given.map(([tensor]) => tensor), all);
}

/** The states h of a recurrence, [batch, time, units]. */
export const statesOf = (y: Tensor, units: number): Tensor => slice(y, [0, 0, 0], [y.shape[0], y.shape[1], units]);

/** Some of the states after the last step, h first, [batch, states x units]. */
export function lastStates(y: Tensor, units: number, reverse: boolean, states = 1): Tensor {
  const [batch, time] = y.shape;
  const width = states * units;
  return reshape(slice(y, [0, reverse ? 0 : time - 1, 0], [batch, 1, width]), [batch, width]);
}
