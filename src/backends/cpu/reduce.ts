import type { ReduceAttributes } from "../../ops/reduce.js";
import type { CpuKernel } from "./kernel.js";

/** Reduces the middle of [outer, length, inner] in order, in float64. */
const reduction =
  (initial: number, combine: (sofar: number, x: number) => number): CpuKernel =>
  ({ attributes }, [x], y) => {
    const { outer, length, inner } = attributes as ReduceAttributes;
    return () => {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i++) {
          let sofar = initial;
          for (let at = 0; at < length; at++) sofar = combine(sofar, x[(o * length + at) * inner + i]);
          y[o * inner + i] = sofar;
        }
      }
    };
  };

export const sum = reduction(0, (sofar, x) => sofar + x);
export const max = reduction(Number.NEGATIVE_INFINITY, Math.max);
