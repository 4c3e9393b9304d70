import type { CpuKernel } from "./kernel.js";

/** log Σ e^x of a row, computed as largest + log Σ e^(x - largest). */
export function logSumExp(x: ArrayLike<number>, start: number, classes: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < classes; j++) largest = Math.max(largest, x[start + j]);
  let sum = 0;
  for (let j = 0; j < classes; j++) sum += Math.exp(x[start + j] - largest);
  return largest + Math.log(sum);
}

export const softmax: CpuKernel = ({ inputs }, [x], y) => {
  const classes = inputs[0].shape.at(-1) ?? 1;
  return () => {
    for (let start = 0; start < y.length; start += classes) {
      const normaliser = logSumExp(x, start, classes);
      for (let j = start; j < start + classes; j++) y[j] = Math.exp(x[j] - normaliser);
    }
  };
};

export const logSoftmax: CpuKernel = ({ inputs }, [x], y) => {
  const classes = inputs[0].shape.at(-1) ?? 1;
  return () => {
    for (let start = 0; start < y.length; start += classes) {
      const normaliser = logSumExp(x, start, classes);
      for (let j = start; j < start + classes; j++) y[j] = x[j] - normaliser;
    }
  };
};
