import { ArgumentError, DataError } from "../core/errors.js";
import { formatShape, sameShape, sizeOf } from "../core/shape.js";
import { ancestors, type Tensor, variable } from "../graph/tensor.js";
import { maskOf, ofSamePlaces } from "../layers/index.js";
import type { Model } from "../model/model.js";
import { batchNormalise } from "../ops/normalise.js";
import type { EncodedRows } from "./encode.js";
import { featureVariables } from "./features.js";
import type { TrainingSpec } from "./graphs.js";
import { nameOf } from "./heads.js";
import { type MaskTrace, shownOf, traceOf } from "./shown-places.js";

/*
 * Models that can be trained in buckets: places that fill sequences up have no part in them, nor in their losses.
 */

/** @throws ArgumentError that says why a model can't have buckets */
function refuse(why: string, remedy: string): never {
  throw new ArgumentError(
    `fit: buckets are for models in which places that fill sequences up have no part, but ${why}. ${remedy}`,
  );
}

/**
 * Places of each row, up to the last that isn't filled up, and of all rows.
 *
 * @throws ArgumentError when the model takes something else than ids with a padding, or what fills them up has a part in its outputs
 */
export async function lengthsOf(model: Model, features: Float32Array<ArrayBuffer>) {
  const { inputs, structure } = model;
  const [{ shape, dtype }] = inputs;
  if (inputs.length !== 1 || dtype !== "u32" || shape.length !== 1) {
    refuse(
      `this one takes ${inputs.map(({ shape }) => formatShape(shape)).join(" and ")}`,
      "Leave buckets out, or give it ids, [time].",
    );
  }
  const trace = traceOf(model, true);
  const outer = trace.calls.filter(({ depth }) => depth === 0);
  const first = outer.filter((_, i) => structure.calls[i].inputs.includes(0));
  const masks = first.map(({ name, output }) => {
    const mask = maskOf(output);
    return (
      mask ?? refuse(`${name} doesn't say what fills them up`, "Say it: embedding(ids, features, { padding: 0 }).")
    );
  });
  checkPlaces(trace);
  checkParameters(model);
  const [time] = shape;
  const lengths = new Uint32Array(features.length / time);
  for (const mask of masks) {
    const shown = (await shownOf(model, trace, mask))!(features); // an embedding's mask follows from its ids
    for (let place = 0; place < shown.length; place++) {
      const row = Math.floor(place / time);
      if (shown[place] > 0) lengths[row] = Math.max(lengths[row], (place % time) + 1);
    }
  }
  return { lengths, time };
}

/** @throws ArgumentError when a layer reads places of a sequence without passing over those that fill it up */
function checkPlaces({ inputs, outputs, calls }: MaskTrace): void {
  const [{ size }] = inputs;
  const placed = new Set<Tensor>();
  for (const tensor of ancestors(outputs)) {
    const takes = tensor.inputs.some((input) => placed.has(input));
    const keeps = tensor.op !== batchNormalise.op && ofSamePlaces(tensor).some((input) => placed.has(input));
    const isList = tensor.shape.length === 2 && tensor.shape[0] === size; // of all places of all rows
    if (isList ? keeps : maskOf(tensor) && tensor.op !== batchNormalise.op) placed.add(tensor);
    if (!takes || placed.has(tensor)) continue;
    const layers = calls.filter(({ first, end }) => first < tensor.id && tensor.id < end);
    if (layers.some(({ layer }) => layer.passesOver)) continue;
    refuse(
      `${layers[0]?.name ?? tensor.label} reads them: its ${tensor.title} takes them in`,
      "Take layers that pass over them, such as lstm(32), globalAveragePool1d() or layerNorm().",
    );
  }
}

/** @throws ArgumentError when a parameter has another shape for sequences of fewer places */
function checkParameters(model: Model): void {
  const { shape } = model.inputs[0];
  if (shape[0] === 1) return;
  const shorter = featureVariables(model).map(({ name, dtype }) => variable(name, [1, shape[0] - 1], dtype));
  const parameters = model.own;
  model.trace(shorter, { training: true }, (name, own) => {
    const { shape } = parameters.get(name)!;
    if (!sameShape(own, shape)) {
      refuse(
        `${name} is ${formatShape(shape)}, and would be ${formatShape(own)} for one place less`,
        "Pool over the places before it.",
      );
    }
    return variable(name, own);
  });
}

/** Buckets of rows, and the places of each. */
interface Rows {
  time: number;
  times: readonly number[];
  bucketOf: Uint32Array;
}

/**
 * Names of the heads whose targets are places of the sequences, in their order; undefined where they are others.
 *
 * @throws DataError when a place past a row's bucket counts in the loss; ArgumentError for a metric that doesn't know of places
 */
export function timedHeads({ model, heads }: TrainingSpec, source: EncodedRows, { time, times, bucketOf }: Rows) {
  return heads.map((head, i) => {
    const { shape } = model.outputs[i];
    const weights = source.data[nameOf(head, "elementWeights")];
    const { elementWeights, shape: targets } = source.shapes.targets[i];
    const width = elementWeights ?? sizeOf(targets);
    if (shape.length < 2 || shape[0] !== time || width % time !== 0) return undefined;
    const each = width / time;
    const counts = (place: number) => {
      const row = Math.floor(place / width);
      return (weights?.[place] ?? 1) !== 0 && (place % width) / each >= times[bucketOf[row]];
    };
    const place = Array.from({ length: width * source.shapes.rows }).findIndex((_, place) => counts(place));
    if (place >= 0) {
      throw new DataError(
        `fit: buckets leave out places that fill sequences up, but row ${Math.floor(place / width)} has a label that counts at place ` +
          `${Math.floor((place % width) / each)} of ${times[bucketOf[Math.floor(place / width)]]}. Ignore it: tokenCrossEntropy({ ignore }).`,
      );
    }
    const metric = head.metrics.find(({ finishTargets }) => finishTargets);
    if (metric) throw new ArgumentError(`fit: the metric "${metric.name}" is of all places. Leave it or buckets out.`);
    return head.name;
  });
}
