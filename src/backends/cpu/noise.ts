import { NOISE_DEVIATION, philox, Stream } from "../../core/random.js";
import type { CpuKernel } from "./kernel.js";

export const noise: CpuKernel = ({ attributes }, [x], y) => {
  const { deviation, layer } = attributes as { deviation: number; layer: number };
  const scale = Math.fround(deviation / NOISE_DEVIATION);
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

/**
 * A number from one block of random words that is as good as normal, with standard deviation NOISE_DEVIATION: the heads
 * among 96 coins, less 48, and between these whole numbers the difference of two uniform ones. Its distribution function
 * is within 0.0005 of the normal one, and it reaches 9.9 deviations. Made of integers alone, it is the same bits
 * everywhere, as logarithms and cosines of GPUs are not.
 */
export const normalOf = ([a, b, c, d]: Uint32Array): number =>
  ones(a) + ones(b) + ones(c) - 48 + ((d & 0xffff) - (d >>> 16)) / 0x10000;

/** The number of set bits of a word. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
