import { ArgumentError, ShapeError } from "../core/errors.js";
import type { Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { freeName, type Ids, type Layer, wantedName } from "../layers/index.js";

/** A layer of a model, and the name that its parameters begin with. */
export interface NamedLayer {
  name: string;
  kind: string;
  layer: Layer;
}

/** A call of a layer. The same layer may be called several times: its parameters are shared. */
export interface Call {
  layer: NamedLayer;
  /** Inputs of the call, as numbers of values: first the model's inputs, then what its calls give, in their order. */
  inputs: readonly number[];
}

/** A model as a graph of layers: the one form of every model. */
export interface Structure {
  /** The shape of one sample of each input. */
  inputs: readonly { name: string; shape: Shape; ids?: Ids }[];
  /** Each after those that it takes from. */
  calls: readonly Call[];
  /** Outputs of the model, as numbers of values; the name of a single output may be "". */
  outputs: readonly { name: string; value: number }[];
}

/** The ids that an input has, and what takes them: where it was declared so, or layers of ids alone take it. */
export function idsOf({ inputs, calls }: Structure, place: number): { ids: Ids; taker: string } | undefined {
  const { ids, name } = inputs[place];
  const takers = calls.filter((call) => call.inputs.includes(place)).map(({ layer }) => layer);
  const known = takers.flatMap(({ kind, name, layer }) =>
    layer.ids ? { ids: layer.ids, taker: `${kind} "${name}"` } : [],
  );
  if (ids) known.push({ ids, taker: name });
  else if (known.length < takers.length) return undefined;
  return known[0];
}

/** Layers one after the other. */
export const chainOf = (input: Shape, layers: readonly NamedLayer[]): Structure => ({
  inputs: [{ name: "input", shape: [...input] }],
  calls: layers.map((layer, place) => ({ layer, inputs: [place] })),
  outputs: [{ name: "", value: layers.length }],
});

/** Whether each layer takes what the one before gives, from one input to one output. */
export const isChain = ({ inputs, calls, outputs }: Structure): boolean =>
  inputs.length === 1 &&
  outputs.length === 1 &&
  outputs[0].value === calls.length &&
  outputs[0].name === "" &&
  new Set(calls.map(({ layer }) => layer)).size === calls.length &&
  calls.every((call, place) => call.inputs.length === 1 && call.inputs[0] === place);

/** @throws ShapeError when it isn't the shape of a sample */
export function checkSampleShape(where: string, shape: Shape): void {
  if (Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size > 0)) return;
  throw new ShapeError(
    `${where}: input must be the shape of one sample, such as [64] or [28, 28], got ${shown(shape)}.`,
  );
}

/** Halves of characters, which UTF-8 can't write. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Beginnings of names under which a training is saved beside the parameters. */
const RESERVED = /^(optimizer|average|kept)(\.|$)/;

/**
 * Names like Keras's: the kind, then kind_1, kind_2, ...; a layer may bring its own.
 *
 * @throws ArgumentError on a name that can't be saved, or that two layers have
 */
export function nameLayers(where: string, layers: readonly Layer[]): NamedLayer[] {
  const taken = new Set<string>();
  return layers.map((layer) => {
    const wanted = wantedName(layer);
    if (typeof wanted !== "string" || wanted === "" || LONE_SURROGATE.test(wanted)) {
      throw new ArgumentError(`${where}: a layer's name must be text that files can hold, got ${shown(wanted)}.`);
    }
    if (RESERVED.test(wanted)) {
      throw new ArgumentError(
        `${where}: a layer can't be called "${wanted}": parameters are saved beside optimizer.*, average.* and kept.*. Call it otherwise.`,
      );
    }
    if (layer.config.name && taken.has(wanted)) throw new ArgumentError(`${where}: two layers are called "${wanted}".`);
    return { name: freeName(wanted, taken), kind: layer.config.layer, layer };
  });
}
