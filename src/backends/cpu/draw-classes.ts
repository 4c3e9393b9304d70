import { philox, Stream } from "../../core/random.js";
import type { ClassDraws } from "../../ops/draw-classes.js";
import type { CpuKernel } from "./kernel.js";

export const drawClasses: CpuKernel = ({ attributes }, [limits], y) => {
  const { source } = attributes as ClassDraws;
  const block = new Uint32Array(4);
  return ({ step, seed }) => {
    for (let i = 0; i < y.length; i++) {
      if ((i & 3) === 0) philox([i >>> 2, step, Stream.classes, source], seed, block);
      let [first, last] = [0, limits.length - 1];
      while (first < last) {
        const middle = (first + last) >>> 1;
        if (block[i & 3] < limits[middle]) last = middle;
        else first = middle + 1;
      }
      y[i] = first;
    }
  };
};
