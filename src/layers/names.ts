import { ArgumentError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import type { Layer, LayerFunction } from "./layer.js";

/**
 * Entries of a list of layers, each as a layer of its own: one that stands there twice has parameters twice.
 *
 * @param where - for messages
 * @throws ArgumentError naming the place of an entry that is neither a layer nor a function
 */
export const layersOf = (where: string, layers: readonly (Layer | LayerFunction)[]): Layer[] =>
  layers.map((given, place) => ({ ...layerOf(`${where}: layer ${place}`, given) }));

/** A layer, or a function as one. @throws ArgumentError when it is neither */
export function layerOf(where: string, given: Layer | LayerFunction): Layer {
  if (typeof given === "function") return { config: { layer: "function" }, joins: true, forward: given };
  if (typeof given?.forward === "function") return given;
  throw new ArgumentError(`${where} is ${shown(given)}, not a layer or a function of tensors.`);
}

/** The name that a layer is given where no other has it: its own, a function's, or its kind. */
export const wantedName = ({ config, forward }: Layer): string =>
  config.name ?? ((config.layer === "function" && forward.name) || config.layer);

/** Names like Keras's: dense, dense_1, dense_2, ... @param taken - takes up the name */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
  taken.add(name);
  return name;
}
