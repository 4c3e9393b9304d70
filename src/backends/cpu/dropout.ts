import { philox, Stream, thresholdOf } from "../../core/random.js";
import type { CpuKernel } from "./kernel.js";

export const dropout: CpuKernel = ({ attributes }, [x], y) => {
  const { rate, layer } = attributes as { rate: number; layer: number };
  const threshold = thresholdOf(rate);
  const scale = Math.fround(1 / (1 - rate));
  const block = new Uint32Array(4);
  const counter: [number, number, number, number] = [0, 0, Stream.dropout, layer];
  return ({ step, seed }) => {
    counter[1] = step;
    for (let i = 0; i < y.length; i++) {
      if ((i & 3) === 0) {
        counter[0] = i >>> 2;
        philox(counter, seed, block);
      }
      y[i] = block[i & 3] >= threshold ? x[i] * scale : 0;
    }
  };
};
