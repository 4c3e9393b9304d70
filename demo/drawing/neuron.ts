import { type Frame, type RunInfo, SIDE } from "../engine/run.js";
import type { Store } from "../state/store.js";
import { paintBoard } from "./canvas.js";
import { css, divergingPixel, mix, pack, palette } from "./palette.js";

/** A neuron's picture: what it puts out over the plane; where rows are no points, its weights. */
export function drawNeuron(
  context: CanvasRenderingContext2D,
  size: readonly [number, number],
  store: Store,
  layer: number,
  unit: number,
): void {
  const [info, frame] = [store.info.value, store.frame.value];
  if (!info) return;
  const isOfRun = frame?.run === info.run;
  if (isOfRun && frame.sample && info.side) drawLooking(context, size, info, frame, layer, unit);
  else if (layer < 0) drawFeature(context, size, info, unit);
  else if (isOfRun && frame.responses) drawResponse(context, size, info, frame.responses, layer, unit);
  else if (isOfRun && frame.weights[layer]) drawWeights(context, size, frame.weights[layer].weight, info, layer, unit);
}

/** The two features of the plane rise across it and up it; of others, bars tell how their values spread. */
function drawFeature(context: CanvasRenderingContext2D, size: readonly [number, number], info: RunInfo, unit: number) {
  const colours = palette();
  const counts = info.spreads?.[unit];
  if (counts) {
    drawSpread(context, size, counts, css(colours.text, 0.65));
    return;
  }
  const rise = (field: number) =>
    ((unit === 0 ? field % SIDE : SIDE - 1 - Math.floor(field / SIDE)) / (SIDE - 1)) * 2 - 1;
  paintBoard(context, size, [SIDE, SIDE], (field) => divergingPixel(info.plane ? rise(field) : 0, colours), true);
}

function drawSpread(
  context: CanvasRenderingContext2D,
  [width, height]: readonly [number, number],
  counts: readonly number[],
  colour: string,
): void {
  const most = Math.max(...counts);
  const bar = (width - 4) / counts.length;
  context.fillStyle = colour;
  for (const [i, count] of counts.entries()) {
    const tall = (count / most) * (height - 5);
    context.fillRect(2 + i * bar, height - 2 - tall, Math.max(1, bar - 0.5), tall);
  }
}

function drawResponse(
  context: CanvasRenderingContext2D,
  size: readonly [number, number],
  { layers, task }: RunInfo,
  responses: Float32Array,
  layer: number,
  unit: number,
): void {
  const colours = palette();
  const units = responses.length / SIDE ** 2;
  const at = layers.slice(0, layer).reduce((sum, each) => sum + each.units, 0) + unit;
  const isProbability = layer === layers.length - 1 && task === "classes";
  let largest = 1;
  for (let i = at; i < responses.length; i += units) largest = Math.max(largest, Math.abs(responses[i]));
  const colourOf = (field: number): number => {
    const value = responses[field * units + at];
    // Probabilities lie around a half.
    return divergingPixel(isProbability ? 2 * value - 1 : value / largest, colours);
  };
  paintBoard(context, size, [SIDE, SIDE], colourOf, true);
}

/** A neuron looking at the sample: the image itself, a feature map, the weights for an image, or what it puts out. */
function drawLooking(
  context: CanvasRenderingContext2D,
  size: readonly [number, number],
  info: RunInfo,
  { sample, weights }: Frame,
  layer: number,
  unit: number,
): void {
  const colours = palette();
  if (layer < 0) {
    const side = info.side!;
    const shade = (field: number) => pack(mix(colours.card, colours.text, sample!.pixels[field]));
    paintBoard(context, size, [side, side], shade, false);
    return;
  }
  const [outline, outputs] = [info.layers[layer], sample!.outputs[layer]];
  if (!outline || !outputs) return; // the picture of a network with more layers, which is about to go
  const { units, isConvolution } = outline;
  if (layer === 0 && !isConvolution && weights[0]) {
    drawWeights(context, size, weights[0].weight, info, layer, unit);
    return;
  }
  const { side, values } = outputs;
  let largest = 1e-9;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  paintBoard(
    context,
    size,
    [side, side],
    (field) => divergingPixel(values[field * units + unit] / largest, colours),
    false,
  );
}

/** The weights of a neuron: a square where there are as many as a square has fields, else a column of stripes. */
function drawWeights(
  context: CanvasRenderingContext2D,
  size: readonly [number, number],
  weight: Float32Array,
  { layers }: RunInfo,
  layer: number,
  unit: number,
): void {
  const colours = palette();
  const { inputs, units } = layers[layer];
  const side = Math.sqrt(inputs);
  const fields: [number, number] = layer === 0 && Number.isInteger(side) && side > 3 ? [side, side] : [1, inputs];
  let largest = 1e-9;
  for (let i = unit; i < weight.length; i += units) largest = Math.max(largest, Math.abs(weight[i]));
  paintBoard(context, size, fields, (field) => divergingPixel(weight[field * units + unit] / largest, colours), false);
}
