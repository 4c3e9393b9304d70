import { ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { relu, sigmoid, tanh } from "../ops/activations.js";
import { add, mul, sub } from "../ops/elementwise.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { CELLS, type Cell } from "../ops/recurrence.js";

/*
 * Steps of recurrent layers written with ops, one place after the other: what the recurrence does in one launch, for cells that
 * it can't work. A layer takes some launches for every place.
 */

/** The step of a recurrent layer from a place to the next, written with ops on [batch, units] tensors. */
export interface RecurrentCell {
  /** Parts of the weights' columns. */
  gates: number;
  /** Tensors that are carried along; the first is what the layer puts out. 1. */
  states?: number;
  /**
   * The states after a place. Where all of its ops are functions of numbers, element by element, a layer is one launch over all
   * of time, and one for its gradient, and this is called once. A product, a reduction, dropout or a tensor from elsewhere, such
   * as a parameter, make it ops of every place.
   *
   * @param input - for each gate its part of x inputWeight + inputBias, [batch, units]
   * @param hidden - for each gate its part of h hiddenWeight + hiddenBias, h being the first state before, [batch, units]
   * @param states - before the place, each [batch, units]
   * @returns as many, each [batch, units]
   */
  step(input: readonly Tensor[], hidden: readonly Tensor[], states: readonly Tensor[]): Tensor[];
}

/** Cells that also take products of their own. */
interface OwnCell extends Omit<RecurrentCell, "step"> {
  step(
    input: readonly Tensor[],
    hidden: readonly Tensor[],
    states: readonly Tensor[],
    product: (from: Tensor, gate: number) => Tensor,
  ): Tensor[];
}

/** (1 - u) n + u h */
const between = (update: Tensor, candidate: Tensor, h: Tensor) => add(candidate, mul(update, sub(h, candidate)));

/** The cells of `rnn`, `gru` and `lstm`, and the GRU whose gate r is applied before the product. */
export const cells: Readonly<Record<Cell | "gruBefore", OwnCell>> = {
  tanh: { ...CELLS.tanh, step: ([z], [h]) => [tanh(add(z, h))] },
  relu: { ...CELLS.relu, step: ([z], [h]) => [relu(add(z, h))] },
  gru: {
    ...CELLS.gru,
    step([zr, zu, zn], [hr, hu, hn], [h]) {
      const candidate = tanh(add(zn, mul(sigmoid(add(zr, hr)), hn)));
      return [between(sigmoid(add(zu, hu)), candidate, h)];
    },
  },
  gruBefore: {
    ...CELLS.gru,
    step([zr, zu, zn], [hr, hu], [h], product) {
      const candidate = tanh(add(zn, product(mul(sigmoid(add(zr, hr)), h), 2)));
      return [between(sigmoid(add(zu, hu)), candidate, h)];
    },
  },
  lstm: {
    ...CELLS.lstm,
    step([zi, zf, zg, zo], [hi, hf, hg, ho], [, c]) {
      const next = add(mul(sigmoid(add(zf, hf)), c), mul(sigmoid(add(zi, hi)), tanh(add(zg, hg))));
      return [mul(sigmoid(add(zo, ho)), tanh(next)), next];
    },
  },
};

/** Sizes and parameters of a recurrence in steps. */
export interface Steps {
  layer: string;
  units: number;
  reverse: boolean;
  /** [batch, time, gates x units] */
  z: Tensor;
  /** [units, gates x units] */
  weight: Tensor;
  /** [gates x units] */
  bias: Tensor;
  /** [batch, time], 1 where the state changes. */
  mask?: Tensor;
  /** The states before the first place, side by side: [batch, states x units]; 0 where absent. */
  first?: Tensor;
  /** Done to h before it is multiplied by the weight: dropout. */
  before?(h: Tensor): Tensor;
}

/** The states of all places in the order of time, [batch, time, units], and those after the last step, [batch, states x units]. */
export function inSteps(cell: OwnCell, { layer, units, reverse, z, weight, bias, ...rest }: Steps) {
  const { mask, first, before = (h: Tensor) => h } = rest;
  const [batch, time] = z.shape;
  const count = cell.states ?? 1;
  const columns = (from: Tensor, gate: number) => slice(from, [0, gate * units], [from.shape[0], units]);
  const own = (gate: number) => slice(bias, [gate * units], [units]);
  const product = (from: Tensor, gate: number) => add(matmul(from, columns(weight, gate)), own(gate));
  const zeros = constant(new Float32Array(batch * units), [batch, units]);
  let states = Array.from({ length: count }, (_, i) => (first ? columns(first, i) : zeros));
  const outputs: Tensor[] = [];
  for (let step = 0; step < time; step++) {
    const t = reverse ? time - 1 - step : step;
    const input = reshape(slice(z, [0, t, 0], [batch, 1, cell.gates * units]), [batch, cell.gates * units]);
    const sums = add(matmul(before(states[0]), weight), bias);
    const gates = (from: Tensor) => Array.from({ length: cell.gates }, (_, gate) => columns(from, gate));
    const next = cell.step(gates(input), gates(sums), states, product);
    checkStates(layer, next, count, [batch, units]);
    if (mask) {
      const shown = slice(mask, [0, t], [batch, 1]);
      states = next.map((state, i) => add(states[i], mul(shown, sub(state, states[i]))));
    } else states = next;
    outputs[t] = reshape(states[0], [batch, 1, units]);
  }
  return { outputs: time === 1 ? outputs[0] : concatenate(outputs, 1), last: joined(states) };
}

const joined = (states: readonly Tensor[]) => (states.length === 1 ? states[0] : concatenate([...states], -1));

/** @throws ShapeError when a cell of the user's own gives something else than its states */
export function checkStates(layer: string, states: unknown, count: number, shape: readonly number[]): void {
  const given = Array.isArray(states) ? (states as Tensor[]) : [];
  if (given.length === count && given.every((state) => sameShape(state?.shape ?? [], shape))) return;
  throw new ShapeError(
    `${layer}: the cell's step must give ${count} ${count === 1 ? "state" : "states"} ${formatShape(shape)}, got ` +
      `${given.length === 0 ? "none" : given.map((state) => formatShape(state?.shape ?? [])).join(", ")}.`,
  );
}
