import type { Tensor } from "../../graph/tensor.js";
import type { Pair, Window } from "../../ops/unfold.js";
import type { Formula } from "./formula.js";
import { coordinates, isWithin, placeOf } from "./places.js";
import { call, literal, termsOf } from "./written.js";

const windowOf = ({ attributes }: Tensor) => attributes as Window;

/** Where an element of the kernel on a window lies in the image. */
const placeInImage = ({ stride, dilation, before }: Window, window: Pair, kernel: Pair): [number, number] => [
  window[0] * stride[0] + kernel[0] * dilation[0] - before[0],
  window[1] * stride[1] + kernel[1] * dilation[1] - before[1],
];

/** Every element of a kernel with the window that it is on, if it lies at a place of the image. */
function windowsOver(
  { kernel, stride, dilation, before, output }: Window,
  place: Pair,
): { window: Pair; kernel: Pair }[] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap): { window: Pair; kernel: Pair } => {
    const at: Pair = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    const from = (i: 0 | 1) => (place[i] + before[i] - at[i] * dilation[i]) / stride[i];
    return { window: [from(0), from(1)], kernel: at };
  }).filter(({ window }) => window.every(Number.isInteger) && isWithin(output, window));
}

/** Ops on images [batch, height, width, channels]. */
export const imageFormulas: Readonly<Record<string, Formula>> = {
  unfold: {
    whole: ({ inputs: [x] }, write) => call("patches", write(x)),
    element({ inputs: [x], shape, ...tensor }, index, at) {
      const [image, windowY, windowX, kernelY, kernelX, channel] = coordinates(shape, index);
      const [y, left] = placeInImage(windowOf(tensor as Tensor), [windowY, windowX], [kernelY, kernelX]);
      const place = [image, y, left, channel];
      return isWithin(x.shape, place) ? at(x, placeOf(x.shape, place)) : literal(0);
    },
  },
  fold: {
    whole: ({ inputs: [patches] }, write) => call("images", write(patches)),
    element({ inputs: [patches], shape, ...tensor }, index, at) {
      const [image, y, x, channel] = coordinates(shape, index);
      const terms = windowsOver(windowOf(tensor as Tensor), [y, x]);
      if (terms.length === 0) return literal(0);
      return termsOf(terms.length, (i) =>
        at(patches, placeOf(patches.shape, [image, ...terms[i].window, ...terms[i].kernel, channel])),
      );
    },
  },
};
