import { NORMAL_SCALE, normalOf, philox, Stream } from "../../core/random.js";
import type { CpuKernel } from "./kernel.js";

export const noise: CpuKernel = ({ attributes }, [x], y) => {
  const { deviation, layer } = attributes as { deviation: number; layer: number };
  const scale = Math.fround(deviation / NORMAL_SCALE);
  const block = new Uint32Array(4);
  const counter: [number, number, number, number] = [0, 0, Stream.noise, layer];
  return ({ step, seed }) => {
    counter[1] = step;
    for (let i = 0; i < y.length; i++) {
      counter[0] = i;
      philox(counter, seed, block);
      y[i] = x[i] + scale * normalOf(block);
    }
  };
};
