import type { Pair, Window } from "../../ops/unfold.js";
import type { CpuKernel } from "./kernel.js";
import { eachTap } from "./unfold.js";

type OnImages = Window & { size: Pair };

/** Adds up a product of two elements for every tap of every window: row numbers say which of each tensor's rows. */
const channelwise =
  (rows: (windowRow: number, imageRow: number, tap: number) => [y: number, a: number, b: number]): CpuKernel =>
  ({ output, inputs, attributes }, [a, b], y) => {
    const window = attributes as OnImages;
    const channels = output!.shape.at(-1)!;
    const taps = window.kernel[0] * window.kernel[1];
    const images = inputs[0].shape[0];
    const sums = new Float64Array(y.length);
    return () => {
      sums.fill(0);
      eachTap(window, images, window.size, (patch, imageRow) => {
        const [to, left, right] = rows(Math.floor(patch / taps), imageRow, patch % taps);
        for (let c = 0; c < channels; c++) sums[to * channels + c] += a[left * channels + c] * b[right * channels + c];
      });
      y.set(sums);
    };
  };

export const depthwise = channelwise((window, image, tap) => [window, image, tap]);
export const depthwiseInputGradient = channelwise((window, image, tap) => [image, window, tap]);
export const depthwiseWeightGradient = channelwise((window, image, tap) => [tap, window, image]);
