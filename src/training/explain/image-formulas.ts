import type { Shape } from "../../core/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Groups } from "../../ops/normalise.js";
import type { Pair, Window } from "../../ops/unfold.js";
import type { ElementWriter, Formula } from "./formula.js";
import { coordinates, isWithin, placeOf } from "./places.js";
import { call, difference, literal, product, quotient, termsOf, transposed, value, type Written } from "./written.js";

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

/** The kernel's elements on a window that lie inside the images, and where. */
const tapsInside = (window: Window, over: Pair, [, height, width]: Shape): { kernel: Pair; place: Pair }[] =>
  Array.from({ length: window.kernel[0] * window.kernel[1] }, (_, tap) => {
    const kernel: Pair = [Math.floor(tap / window.kernel[1]), tap % window.kernel[1]];
    return { kernel, place: placeInImage(window, over, kernel) };
  }).filter(({ place }) => isWithin([height, width], place));

/** Terms added up; 0 where there are none. */
const sumOf = <T>(terms: readonly T[], write: (term: T) => Written): Written =>
  terms.length === 0 ? literal(0) : termsOf(terms.length, (i) => write(terms[i]));

const meanOf = (places: readonly number[], term: (place: number) => number): number =>
  places.reduce((sum, place) => sum + term(place), 0) / places.length;

/** Places of the elements that are normalised together with one. */
function groupOf({ attributes }: Tensor, index: number): number[] {
  const { length, inner, tail } = attributes as Groups;
  const group = { outer: Math.floor(index / (length * inner * tail)), inner: Math.floor(index / tail) % inner };
  return Array.from(
    { length: length * tail },
    (_, i) => ((group.outer * length + Math.floor(i / tail)) * inner + group.inner) * tail + (i % tail),
  );
}

/** The mean that is taken off a group's elements, and the deviation they are divided by. */
export function statisticsOf(x: Tensor, places: readonly number[], { attributes }: Tensor, at: ElementWriter) {
  const { epsilon, centred } = attributes as Groups;
  const centre = centred ? meanOf(places, (place) => at.number(x, place)) : 0;
  const variance = meanOf(places, (place) => (at.number(x, place) - centre) ** 2);
  return { centre, variance, scale: Math.sqrt(variance + epsilon) };
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
      return sumOf(windowsOver(windowOf(tensor as Tensor), [y, x]), ({ window, kernel }) =>
        at(patches, placeOf(patches.shape, [image, ...window, ...kernel, channel])),
      );
    },
  },
  depthwise: {
    whole: ({ inputs: [x, w] }, write) => product(write(x), write(w), "∗"),
    element({ inputs: [x, w], shape, ...tensor }, index, at) {
      const [image, windowY, windowX, channel] = coordinates(shape, index);
      const terms = tapsInside(windowOf(tensor as Tensor), [windowY, windowX], x.shape);
      return sumOf(terms, ({ kernel, place }) =>
        product(at(x, placeOf(x.shape, [image, ...place, channel])), at(w, placeOf(w.shape, [...kernel, channel]))),
      );
    },
  },
  depthwiseInputGradient: {
    whole: ({ inputs: [dy, w] }, write) => product(write(dy), transposed(write(w)), "∗"),
    element({ inputs: [dy, w], shape, ...tensor }, index, at) {
      const [image, y, x, channel] = coordinates(shape, index);
      return sumOf(windowsOver(windowOf(tensor as Tensor), [y, x]), ({ window, kernel }) =>
        product(at(dy, placeOf(dy.shape, [image, ...window, channel])), at(w, placeOf(w.shape, [...kernel, channel]))),
      );
    },
  },
  depthwiseWeightGradient: {
    whole: ({ inputs: [dy, x] }, write) => product(transposed(write(x)), write(dy), "∗"),
    element({ inputs: [dy, x], shape, ...tensor }, index, at) {
      const [kernelY, kernelX, channel] = coordinates(shape, index);
      const [images, height, width] = dy.shape;
      const terms = Array.from({ length: images * height * width }, (_, i) => {
        const [image, windowY, windowX] = coordinates([images, height, width], i);
        const place = placeInImage(windowOf(tensor as Tensor), [windowY, windowX], [kernelY, kernelX]);
        return { from: [image, windowY, windowX, channel], to: [image, ...place, channel] };
      }).filter(({ to }) => isWithin(x.shape, to));
      return sumOf(terms, ({ from, to }) => product(at(dy, placeOf(dy.shape, from)), at(x, placeOf(x.shape, to))));
    },
  },
  maxPool: {
    whole: ({ inputs: [x] }, write) => call("max over windows", write(x)),
    element({ inputs: [x], shape, ...tensor }, index, at) {
      const [image, windowY, windowX, channel] = coordinates(shape, index);
      const taps = tapsInside(windowOf(tensor as Tensor), [windowY, windowX], x.shape);
      return call("max", ...taps.map(({ place }) => at(x, placeOf(x.shape, [image, ...place, channel]))));
    },
  },
  maxPoolGradient: {
    whole: ({ inputs: [dy, x] }, write) => call("to the maxima", write(dy), write(x)),
    element({ inputs: [dy, x], shape, ...tensor }, index, at) {
      const [image, y, left, channel] = coordinates(shape, index);
      const window = windowOf(tensor as Tensor);
      const isLargest = (over: Pair) => {
        const places = tapsInside(window, over, x.shape).map(({ place }) =>
          placeOf(x.shape, [image, ...place, channel]),
        );
        const numbers = places.map((place) => at.number(x, place));
        return places[numbers.indexOf(Math.max(...numbers))] === index;
      };
      const terms = windowsOver(window, [y, left]).filter((over) => isLargest(over.window));
      return sumOf(terms, (over) => at(dy, placeOf(dy.shape, [image, ...over.window, channel])));
    },
  },
  normalise: {
    whole: ({ inputs: [x] }, write) => call("normalise", write(x)),
    element: ({ inputs: [x], ...tensor }, index, at) => {
      const { centre, scale } = statisticsOf(x, groupOf(tensor as Tensor, index), tensor as Tensor, at);
      return quotient(difference(at(x, index), value(centre)), value(scale));
    },
  },
  batchNormalise: {
    whole: ({ inputs: [x] }, write) => call("normalise", write(x)),
    element: (tensor, index, at) => imageFormulas.normalise.element(tensor, index, at),
  },
  normaliseGradient: {
    whole: ({ inputs: [dy, x] }, write) => call("normalise'", write(dy), write(x)),
    element: ({ inputs: [dy, x], ...tensor }, index, at) => {
      const places = groupOf(tensor as Tensor, index);
      const { centre, scale } = statisticsOf(x, places, tensor as Tensor, at);
      const normalised = (place: number) => (at.number(x, place) - centre) / scale;
      const { centred } = tensor.attributes as Groups;
      const offset = centred ? meanOf(places, (place) => at.number(dy, place)) : 0;
      const slope = meanOf(places, (place) => at.number(dy, place) * normalised(place));
      const around = centred ? difference(at(dy, index), value(offset)) : at(dy, index);
      return quotient(difference(around, product(value(normalised(index)), value(slope))), value(scale));
    },
  },
};
