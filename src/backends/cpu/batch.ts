import type { Values } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import type { CpuKernel } from "./kernel.js";

export const takeBatch: CpuKernel = ({ inputs, attributes }, [data, order], y) => {
  const size = sizeOf(inputs[0].shape.slice(1));
  const { batch, start = 0 } = attributes as { batch: number; start?: number };
  const at = inputs[0].dtype === "unorm8" ? byteOf(data) : (i: number) => data[i];
  return ({ first, rows }) => {
    for (let i = 0; i < batch; i++) {
      const from = order[first + Math.min(start + i, rows - 1)] * size;
      for (let j = 0; j < size; j++) y[i * size + j] = at(from + j);
    }
  };
};

/** Bytes of words as byte / 255. */
const byteOf = (words: Values) => (i: number) => ((words[i >> 2] >>> (8 * (i & 3))) & 255) / 255;

export const rowWeights: CpuKernel = ({ attributes }, _, y) => {
  const { start = 0 } = attributes as { start?: number };
  return ({ rows }) => {
    for (let i = 0; i < y.length; i++) y[i] = start + i < rows ? 1 : 0;
  };
};

export const record: CpuKernel = ({ inputs, attributes }, [results, value]) => {
  const slots = inputs[0].shape[1];
  const slot = attributes.slot as number;
  return ({ index }) => {
    for (let i = 0; i < value.length; i++) {
      const at = (index * slots + slot + i) * 2;
      results[at] = value[i];
      results[at + 1] = Number.isFinite(value[i]) ? 0 : 1;
    }
  };
};

export const collect: CpuKernel = ({ inputs }, [all, x]) => {
  const size = sizeOf(inputs[1].shape.slice(1));
  return ({ first, rows }) => {
    for (let i = 0; i < rows * size; i++) all[first * size + i] = x[i];
  };
};

export const countNonFinite: CpuKernel = (_, tensors, counts) => () => {
  tensors.forEach((x, tensor) => {
    let sofar = 0;
    for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) sofar++;
    counts[tensor] = sofar;
  });
};

/** 1 where the first of the largest logits is the label's, else 0 */
export const correct: CpuKernel = ({ inputs }, [logits, labels], isCorrect) => {
  const classes = inputs[0].shape.at(-1)!;
  return () => {
    for (let row = 0; row < isCorrect.length; row++) {
      let best = 0;
      for (let j = 1; j < classes; j++) if (logits[row * classes + j] > logits[row * classes + best]) best = j;
      isCorrect[row] = best === labels[row] ? 1 : 0;
    }
  };
};
