import type { Values } from "../../core/dtype.js";
import type { Shape } from "../../core/shape.js";
import type { Window } from "../../ops/unfold.js";
import type { CpuKernel } from "./kernel.js";
import { eachTap } from "./unfold.js";

/** For each window and channel, the place of the largest element under it: of equal ones the first, of all a NaN. */
function findLargest(window: Window, [images, height, width, channels]: Shape, x: Values, largest: Int32Array): void {
  const taps = window.kernel[0] * window.kernel[1];
  largest.fill(-1);
  eachTap(window, images, [height, width], (patch, row) => {
    for (let c = 0; c < channels; c++) {
      const to = Math.floor(patch / taps) * channels + c;
      const at = row * channels + c;
      const before = x[largest[to]];
      if (largest[to] < 0 || x[at] > before || (Number.isNaN(x[at]) && !Number.isNaN(before))) largest[to] = at;
    }
  });
}

export const maxPool: CpuKernel = ({ inputs, attributes }, [x], y) => {
  const largest = new Int32Array(y.length);
  return () => {
    findLargest(attributes as Window, inputs[0].shape, x, largest);
    for (let i = 0; i < y.length; i++) y[i] = x[largest[i]];
  };
};

export const maxPoolGradient: CpuKernel = ({ inputs, attributes }, [dy, x], dx) => {
  const largest = new Int32Array(dy.length);
  const sums = new Float64Array(dx.length);
  return () => {
    findLargest(attributes as Window, inputs[1].shape, x, largest);
    sums.fill(0);
    for (let i = 0; i < dy.length; i++) sums[largest[i]] += dy[i];
    dx.set(sums);
  };
};
