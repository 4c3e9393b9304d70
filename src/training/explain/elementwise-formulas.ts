import { broadcastStrides, stridesOf } from "../../core/shape.js";
import { type Attributes, numbersOf, type ScalarFunction } from "../../graph/op.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Formula } from "./formula.js";
import { writeFormula } from "./formula-text.js";
import { call, literal, product, type Written } from "./written.js";

type Write = (operands: readonly Written[], tensor: Tensor, times: string) => Written;

/** A formula that is the same for whole tensors and for elements; operands broadcast as in NumPy. */
const elementwise = (write: Write): Formula => ({
  whole: (tensor, of) => write(tensor.inputs.map(of), tensor, timesOf(tensor.inputs)),
  element(tensor, index, at) {
    const { inputs, shape } = tensor;
    const strides = stridesOf(shape);
    const operands = inputs.map((input) => {
      const own = broadcastStrides(input.shape, shape);
      return at(
        input,
        shape.reduce((place, size, axis) => place + (Math.floor(index / strides[axis]) % size) * own[axis], 0),
      );
    });
    return write(operands, tensor, "*");
  },
});

/** Elements are multiplied pairwise where both sides are more than a number. */
const timesOf = (inputs: readonly Tensor[]) => (inputs.filter(({ size }) => size > 1).length > 1 ? "⊙" : "*");

const OPERANDS = [["x"], ["a", "b"], ["a", "b", "c"]];

/** A scalar function of operands, and then of its numbers. */
export function writeScalar(
  { formula, operands, numbers = [] }: ScalarFunction,
  given: readonly Written[],
  times: string,
): Written {
  const names = [...OPERANDS[operands - 1], ...numbers];
  return writeFormula(formula, Object.fromEntries(names.map((name, i) => [name, given[i]])), times);
}

/** The formula that a scalar function states of itself. */
export const scalarFormula = (scalar: ScalarFunction): Formula =>
  elementwise((written, tensor, times) => writeScalar(scalar, [...written, ...numbersOf(tensor).map(literal)], times));

const nameOf = ({ activation }: Attributes) => (activation as { name: string }).name;

/** Activations of the user's own, by their names. */
export const customFormulas: Readonly<Record<string, Formula>> = {
  customActivation: elementwise(([x], { attributes }) => call(nameOf(attributes), x)),
  customActivationGradient: elementwise(([dy, x], { attributes }, times) =>
    product(dy, call(`${nameOf(attributes)}'`, x), times),
  ),
};
