import { DataError, ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Layer } from "./layer.js";

/*
 * Masks of sequences that are filled up to one length: made once, where ids become features, and found again by every layer
 * behind it.
 */

/** Masks of the tensors that were given one. */
const masks = new WeakMap<Tensor, Tensor>();

/**
 * Gives a sequence a mask, in a layer of one's own: what is made of the sequence place by place has it, too.
 *
 * @param y - [batch, time, ...]
 * @param mask - [batch, time] f32: 1 for each place that there is, 0 for those that fill the sequence up
 * @throws ShapeError when the mask has another shape
 */
export function setMask(y: Tensor, mask: Tensor): void {
  if (!sameShape(mask.shape, y.shape.slice(0, 2))) {
    throw new ShapeError(
      `setMask: the mask of ${formatShape(y.shape)} must be ${formatShape(y.shape.slice(0, 2))}, got ${formatShape(mask.shape)}.`,
    );
  }
  masks.set(y, mask);
}

/** Refuses masks of others than 0 and 1, for a layer whose last input is one. */
export const checkMask: NonNullable<Layer["checkInput"]> = (layer, place, count, values) => {
  const bad = place > 0 && place === count - 1 ? values.findIndex((value) => value !== 0 && value !== 1) : -1;
  if (bad < 0) return;
  throw new DataError(
    `${layer}: a mask is 1 for each place that there is and 0 for those that fill the sequence up, but number ${bad} of it is ${values[bad]}.`,
  );
};

/** Inputs that a tensor has the places of, as its op declares. */
export const ofSamePlaces = ({ op, inputs }: Tensor): readonly Tensor[] =>
  op.view || op.elementwise ? inputs : inputs.slice(0, Number(op.keepsPlaces ?? 0));

/**
 * The mask of a sequence: its own, or that of the first sequence of as many places that it was made of by ops that keep places
 * where they are. Other ops, such as those that turn a sequence round, have none: `setMask` says what is then shown.
 *
 * @param x - [batch, time, ...]
 * @returns [batch, time] f32; undefined where there is none
 */
export function maskOf(x: Tensor): Tensor | undefined {
  const [batch, time] = x.shape;
  const hasPlaces = ({ shape }: Tensor) =>
    (shape[0] === batch && shape[1] === time) || (shape.length === 2 && shape[0] === batch * time);
  const waiting = [x];
  const seen = new Set(waiting);
  for (let tensor = waiting.pop(); tensor; tensor = waiting.pop()) {
    const mask = masks.get(tensor);
    if (mask) return mask;
    for (const input of [...ofSamePlaces(tensor)].reverse()) {
      if (seen.has(input) || !hasPlaces(input)) continue;
      seen.add(input);
      waiting.push(input);
    }
  }
  return undefined;
}

/** Gives a layer's result the mask of the sequence that it has the places of. @param mask - another one, where it was given */
export function keepMask(x: Tensor, y: Tensor, mask = maskOf(x)): Tensor {
  if (mask) setMask(y, mask);
  return y;
}
