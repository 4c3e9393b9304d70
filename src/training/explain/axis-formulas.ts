import { type Shape, sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Formula } from "./formula.js";
import { coordinates, isWithin, minus, placeOf } from "./places.js";
import { atom, call, literal, product, show, summation, termsOf, transposed } from "./written.js";

/** Letters of the axes: rows i, columns j. */
const LETTERS = "ᵢⱼₖₗₘₙ";

/** Whether an order of axes only swaps the last two. */
const swapsLastTwo = (axes: readonly number[]): boolean =>
  axes.every((axis, i) => axis === (i < axes.length - 2 ? i : 2 * axes.length - 3 - i));

/** The letters of the axes of `shape` that a reduction over [outer, length, inner] takes together. */
function reducedAxes(shape: Shape, { outer, length }: Sizes): string {
  let start = 0;
  while (start < shape.length && sizeOf(shape.slice(0, start)) < outer) start++;
  let end = start;
  while (end < shape.length && sizeOf(shape.slice(start, end)) < length) end++;
  return [...LETTERS].slice(start, end).join("");
}

type Sizes = { outer: number; length: number; inner: number };
const sizesOf = ({ attributes }: Tensor) => attributes as Sizes;

/** Places of the terms of a reduction's element. */
function termPlaces(tensor: Tensor, index: number): (i: number) => number {
  const { length, inner } = sizesOf(tensor);
  const start = Math.floor(index / inner) * length * inner + (index % inner);
  return (i) => start + i * inner;
}

/** An op whose elements are those of its input, in their order. */
const asBefore: Formula = {
  whole: ({ inputs: [x] }, write) => write(x),
  element: ({ inputs: [x] }, index, at) => at(x, index),
};

/** Ops that add up along axes, or move elements without changing them. */
export const axisFormulas: Readonly<Record<string, Formula>> = {
  matmul: {
    whole: ({ inputs: [a, b] }, write) => product(write(a), write(b), "·"),
    element({ inputs: [a, b], shape }, index, at) {
      const [i, j] = coordinates(shape, index).slice(-2);
      const lead = coordinates(shape, index).slice(0, -2);
      // Leading axes broadcast.
      const leadOf = ({ shape: own }: Tensor) =>
        own.slice(0, -2).map((size, axis) => (size === 1 ? 0 : lead[lead.length - (own.length - 2) + axis]));
      return termsOf(a.shape.at(-1)!, (k) =>
        product(at(a, placeOf(a.shape, [...leadOf(a), i, k])), at(b, placeOf(b.shape, [...leadOf(b), k, j]))),
      );
    },
  },
  sum: {
    whole: (tensor, write) =>
      summation(write(tensor.inputs[0]), reducedAxes(tensor.inputs[0].shape, sizesOf(tensor)), sizesOf(tensor).length),
    element(tensor, index, at) {
      const place = termPlaces(tensor, index);
      return termsOf(sizesOf(tensor).length, (i) => at(tensor.inputs[0], place(i)));
    },
  },
  max: {
    whole: (tensor, write) =>
      call(`max${reducedAxes(tensor.inputs[0].shape, sizesOf(tensor))}`, write(tensor.inputs[0])),
    element(tensor, index, at) {
      const place = termPlaces(tensor, index);
      return call("max", ...Array.from({ length: sizesOf(tensor).length }, (_, i) => at(tensor.inputs[0], place(i))));
    },
  },
  transpose: {
    whole({ inputs: [x], attributes }, write) {
      const axes = attributes.axes as number[];
      return swapsLastTwo(axes) ? transposed(write(x)) : call("transpose", write(x), atom(`[${axes.join(", ")}]`));
    },
    element({ inputs: [x], attributes, shape }, index, at) {
      const from = coordinates(shape, index);
      const place = x.shape.map((_, axis) => from[(attributes.axes as number[]).indexOf(axis)]);
      return at(x, placeOf(x.shape, place));
    },
  },
  // Ops that only lay out elements anew are not written.
  reshape: asBefore,
  attentionBias: asBefore,
  slice: {
    whole({ inputs: [x], attributes, shape }, write) {
      const start = attributes.start as number[];
      const ranges = shape.map((size, axis) => `${start[axis] + 1}..${start[axis] + size}`);
      return atom(`${show(write(x))}[${ranges.join(", ")}]`);
    },
    element({ inputs: [x], attributes, shape }, index, at) {
      const start = attributes.start as number[];
      return at(
        x,
        placeOf(
          x.shape,
          coordinates(shape, index).map((place, axis) => place + start[axis]),
        ),
      );
    },
  },
  pad: {
    whole: ({ inputs: [x] }, write) => call("pad", write(x)),
    element({ inputs: [x], attributes, shape }, index, at) {
      const place = minus(coordinates(shape, index), attributes.start as number[]);
      return isWithin(x.shape, place) ? at(x, placeOf(x.shape, place)) : literal(0);
    },
  },
  concatenate: {
    whole: ({ inputs: [a, b] }, write) => atom(`[${show(write(a))}, ${show(write(b))}]`),
    element({ inputs: [a, b], attributes, shape }, index, at) {
      const place = coordinates(shape, index);
      if (isWithin(a.shape, place)) return at(a, placeOf(a.shape, place));
      const first = shape.map((_, axis) => (axis === attributes.axis ? a.shape[axis] : 0));
      return at(b, placeOf(b.shape, minus(place, first)));
    },
  },
  gather: {
    whole: ({ inputs: [table, rows] }, write) => atom(`${show(write(table))}[${show(write(rows))}]`),
    element({ inputs: [table, rows] }, index, at) {
      const [count, ...row] = table.shape;
      const size = sizeOf(row);
      const from = Math.min(at.number(rows, Math.floor(index / size)), count - 1);
      return at(table, from * size + (index % size));
    },
  },
  scatterAdd: {
    whole: ({ inputs: [x, rows] }, write) => call("scatter", write(x), write(rows)),
    element({ inputs: [x, rows], attributes }, index, at) {
      const size = sizeOf(x.shape.slice(1));
      const row = Math.floor(index / size);
      const last = (attributes.count as number) - 1;
      const from = [...Array(rows.size).keys()].filter((i) => Math.min(at.number(rows, i), last) === row);
      return from.length === 0 ? literal(0) : termsOf(from.length, (i) => at(x, from[i] * size + (index % size)));
    },
  },
};
