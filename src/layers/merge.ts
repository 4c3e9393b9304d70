import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { add as addTensors, mul } from "../ops/elementwise.js";
import { concatenate as concatenateTensors } from "../ops/indexing.js";
import { checkName, type Layer, type NameOptions, type Scope } from "./layer.js";
import { keepMask, maskOf } from "./masks.js";
import { withBatch } from "./window.js";

/*
 * Layers that join several inputs: apply(add(), a, b).
 */

/** A layer of two or more inputs, taken two by two. */
const merge = (
  config: Layer["config"],
  check: (layer: string, inputs: readonly Tensor[]) => void,
  join: (inputs: readonly Tensor[]) => Tensor,
): Layer => ({
  config,
  joins: true,
  byPlace: "endless",
  forward(x, scope, ...further) {
    const inputs = [x, ...further];
    const layer = described(config.layer, scope);
    if (inputs.length < 2) {
      throw new ArgumentError(`${layer}: needs two inputs or more: apply(${config.layer}(), a, b).`);
    }
    check(layer, inputs);
    return join(inputs);
  },
});

const described = (layer: string, scope: Scope) => `${layer} "${scope.name}"`;
const listed = (inputs: readonly Tensor[]) => inputs.map(({ shape }) => withBatch(shape)).join(" and ");

/** Elements of the same place; a size of 1 stands for as many as the others have there. */
function checkSameShape(layer: string, inputs: readonly Tensor[]): void {
  const [{ shape: first }] = inputs;
  const sizes = first.map((_, axis) => Math.max(...inputs.map(({ shape }) => shape[axis])));
  const fits = ({ shape }: Tensor) =>
    shape.length === first.length && shape.every((size, axis) => size === sizes[axis] || size === 1);
  if (inputs.every(fits)) return;
  throw new ShapeError(
    `${layer}: its inputs must have one shape, got ${listed(inputs)}. Give the layers before it as many outputs each, or ` +
      "use concatenate().",
  );
}

const elementwise = (layer: string, options: NameOptions, op: (a: Tensor, b: Tensor) => Tensor): Layer => {
  checkName(layer, options);
  return merge({ layer, ...options }, checkSameShape, (inputs) => inputs.reduce((sum, x) => op(sum, x)));
};

/**
 * The sum of its inputs, element by element, as Keras's Add: apply(add(), a, b).
 *
 * @returns a layer of two inputs or more of one shape; a size of 1 stands for as many as the others have
 * @throws ShapeError, when the model is made, naming the layer and the shapes that don't fit
 */
export const add = (options: NameOptions = {}): Layer => elementwise("add", options, (a, b) => addTensors(a, b));

/**
 * The product of its inputs, element by element, as Keras's Multiply: apply(multiply(), x, gate).
 *
 * @returns a layer of two inputs or more of one shape; a size of 1 stands for as many as the others have
 * @throws ShapeError, when the model is made, naming the layer and the shapes that don't fit
 */
export const multiply = (options: NameOptions = {}): Layer => elementwise("multiply", options, (a, b) => mul(a, b));

/** Options of `concatenate`. */
export interface ConcatenateOptions extends NameOptions {
  /** The axis along which inputs follow each other, counted with the batch's, which is 0; -1, the last. */
  axis?: number;
}

/**
 * Its inputs one after the other along an axis, as Keras's Concatenate: apply(concatenate(), a, b).
 *
 * @returns a layer of two inputs or more whose other sizes are equal
 * @throws ArgumentError for the batch's axis; ShapeError, when the model is made, naming the layer and the shapes that don't fit
 */
export function concatenate(options: ConcatenateOptions = {}): Layer {
  const { axis, name } = optionsOf("concatenate", options, { axis: -1, name: undefined });
  if (!Number.isSafeInteger(axis) || axis === 0) {
    throw new ArgumentError(
      `concatenate: axis must be an axis of a sample, such as -1, the last, or 1, got ${shown(axis)}.`,
    );
  }
  const check = (layer: string, inputs: readonly Tensor[]) => {
    const [{ shape: first }] = inputs;
    const joined = axis < 0 ? first.length + axis : axis;
    const fits = ({ shape }: Tensor) =>
      shape.length === first.length && shape.every((size, i) => i === joined || size === first[i]);
    if (joined > 0 && joined < first.length && inputs.every(fits)) return;
    throw new ShapeError(
      `${layer}: its inputs must have the same sizes outside of axis ${axis}, got ${listed(inputs)}. Put flatten() before each, or ` +
        "layers that bring them to the same sizes.",
    );
  };
  return merge({ layer: "concatenate", axis, name }, check, (inputs) => {
    const y = concatenateTensors(inputs, axis);
    const hasPlaces = y.shape.length > 2 && axis !== 1 && axis !== 1 - y.shape.length;
    return hasPlaces ? keepMask(inputs.find(maskOf) ?? y, y) : y;
  });
}
