import { offsetOf, sizeOf, stridesOf } from "../../core/shape.js";
import { places } from "./indexing.js";
import type { CpuKernel } from "./kernel.js";

export const transpose: CpuKernel = ({ inputs, output, attributes }, [x], y) => {
  const strides = stridesOf(inputs[0].shape);
  const from = places(
    output!.shape,
    (attributes.axes as number[]).map((axis) => strides[axis]),
  );
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = x[from[i]];
  };
};

export const slice: CpuKernel = ({ inputs, output, attributes }, [x], y) => {
  const strides = stridesOf(inputs[0].shape);
  const from = places(output!.shape, strides, offsetOf(attributes.start as number[], strides));
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = x[from[i]];
  };
};

export const pad: CpuKernel = ({ inputs, output, attributes }, [x], y) => {
  const strides = stridesOf(output!.shape);
  const to = places(inputs[0].shape, strides, offsetOf(attributes.start as number[], strides));
  return () => {
    y.fill(0);
    for (let i = 0; i < x.length; i++) y[to[i]] = x[i];
  };
};

export const concatenate: CpuKernel = ({ inputs, output, attributes }, arrays, y) => {
  const axis = attributes.axis as number;
  const strides = stridesOf(output!.shape);
  const first = inputs[0].shape[axis] * strides[axis];
  const to = inputs.map((input, i) => places(input.shape, strides, i * first));
  return () => {
    arrays.forEach((x, side) => {
      for (let i = 0; i < x.length; i++) y[to[side][i]] = x[i];
    });
  };
};

export const gather: CpuKernel = ({ inputs }, [table, rows], y) => {
  const [count, ...row] = inputs[0].shape;
  const size = sizeOf(row);
  return () => {
    for (let i = 0; i < rows.length; i++) {
      const from = Math.min(rows[i], count - 1) * size;
      for (let j = 0; j < size; j++) y[i * size + j] = table[from + j];
    }
  };
};

export const scatterAdd: CpuKernel = ({ inputs, attributes }, [x, rows], y) => {
  const size = sizeOf(inputs[0].shape.slice(1));
  const last = (attributes.count as number) - 1;
  return () => {
    y.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const to = Math.min(rows[i], last) * size;
      for (let j = 0; j < size; j++) y[to + j] += x[i * size + j];
    }
  };
};
