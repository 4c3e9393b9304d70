import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkArgument, optionsOf } from "../core/options.js";
import { formatShape, sameShape } from "../core/shape.js";
import { checkModel, Model } from "./model.js";
import type { Parameter } from "./parameters.js";

/** Options of `loadParameters`. */
export interface LoadParametersOptions {
  /** Layers to take parameters of, by their names; all where absent. */
  layers?: readonly string[];
  /** Whether names that only one of both sides has are an error; true. With false they are passed over, and given back. */
  strict?: boolean;
}

/** Names of parameters by what `loadParameters` did with them. */
export interface LoadedParameters {
  loaded: string[];
  /** Parameters of the model that the source lacks: they keep their values. */
  missing: string[];
  /** Parameters of the source that the model lacks. */
  unexpected: string[];
}

/**
 * Takes another model's parameters and state by their names, [...shape] each, as for a network on whose trained layers a new
 * one begins.
 *
 * @param model - takes them
 * @param source - a model, or what its `parameters()` gave
 * @throws ArgumentError when names don't match, or there is no such layer; ShapeError when a name has another shape.
 * Nothing is taken then
 */
export function loadParameters(
  model: Model,
  source: Model | ReadonlyMap<string, Pick<Parameter, "shape" | "values">>,
  options: LoadParametersOptions = {},
): LoadedParameters {
  checkModel("loadParameters", model);
  const { layers, strict } = optionsOf("loadParameters", options, { layers: undefined, strict: true });
  const isSource = source instanceof Model || source instanceof Map;
  checkArgument("loadParameters", "a model, or a Map as parameters() gives it", source, isSource);
  const isWanted = wanted(model, layers);
  const own = model.parameters();
  const given = new Map(
    [...(source instanceof Model ? source.parameters() : source)].filter(([name]) => isWanted(name)),
  );
  const missing = [...own.keys()].filter((name) => isWanted(name) && !given.has(name));
  const unexpected = [...given.keys()].filter((name) => !own.has(name));
  if (strict && missing.length + unexpected.length > 0) throw unmatched(missing, unexpected);
  const loaded = [...given].filter(([name]) => own.has(name));
  for (const [name, { shape }] of loaded) {
    if (sameShape(shape, own.get(name)!.shape)) continue;
    throw new ShapeError(
      `loadParameters: ${name} is ${formatShape(own.get(name)!.shape)} in the model, ${formatShape(shape)} in the source. ` +
        'Give a new layer a name of its own, such as dense(5, { name: "head" }), or say which layers to load.',
    );
  }
  model.setParameters(new Map(loaded));
  return { loaded: loaded.map(([name]) => name), missing, unexpected };
}

/** Whether a parameter is one of the layers that were asked for. @throws ArgumentError when there is no such layer */
function wanted(model: Model, layers: readonly string[] | undefined): (name: string) => boolean {
  if (layers === undefined) return () => true;
  checkArgument("loadParameters", 'layers, a list of names such as ["conv2d"]', layers, Array.isArray(layers));
  const names = model.layers.map(({ name }) => name);
  const unknown = layers.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ArgumentError(`loadParameters: there is no layer "${unknown}"; the model has ${names.join(", ")}.`);
  }
  return (name) => layers.some((layer) => name.startsWith(`${layer}.`));
}

function unmatched(missing: readonly string[], unexpected: readonly string[]): ArgumentError {
  const parts = [
    ...(missing.length > 0 ? [`the source has no ${missing.join(", ")}`] : []),
    ...(unexpected.length > 0 ? [`the model has no ${unexpected.join(", ")}`] : []),
  ];
  return new ArgumentError(
    `loadParameters: ${parts.join("; ")}. Say which layers to load, or { strict: false } to load what both have.`,
  );
}
