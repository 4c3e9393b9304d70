import { mix, type Palette, pack } from "./palette.js";

/** Share of a class's colour where a network is certain: rows in that colour are to stand out. */
const STRONGEST = 0.6;

/**
 * The colour of a place by what a network says of it, as a pixel.
 *
 * @param values - outputs of all neurons over places; the last `outputs` of each are probabilities
 * @param at - where the place's probabilities begin
 */
export function colourOfClasses(values: Float32Array, at: number, outputs: number, palette: Palette): number {
  const { classes, neutral } = palette;
  if (outputs === 1) {
    const isOne = values[at];
    return pack(mix(neutral, classes[isOne < 0.5 ? 0 : 1], STRONGEST * Math.abs(2 * isOne - 1)));
  }
  let best = 0;
  for (let i = 1; i < outputs; i++) if (values[at + i] > values[at + best]) best = i;
  const certainty = (values[at + best] - 1 / outputs) / (1 - 1 / outputs);
  return pack(mix(neutral, classes[best % classes.length], STRONGEST * certainty));
}
