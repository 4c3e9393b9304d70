import type { DType } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import type { Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { freeName, idsBelow, type Layer, type LayerFunction, layerOf, MOST_IDS, wantedName } from "../layers/index.js";
import { checkSeed, Model } from "./model.js";
import { type Call, checkSampleShape, nameLayers } from "./structure.js";

/*
 * Functional models: graphs of layers with any number of inputs and outputs.
 */

/** The nodes that were made so far in this program: layers are named, and first weights drawn, in their order. */
let made = 0;

/** A node of a model to be made: an input, or a layer applied to others: `input` and `apply` make it, `apply` and `model` take it. */
export class ModelNode {
  readonly id = made++;

  /** @internal */
  constructor(
    /** The layer that gives it; none of an input. */
    readonly layer: Layer | undefined,
    readonly inputs: readonly ModelNode[],
    /** Of an input, the shape of one sample and its name. */
    readonly sample?: { shape: Shape; name: string | undefined; dtype: DType | undefined },
  ) {
    Object.freeze(this);
  }
}

/** Options of `input`. */
export interface InputOptions {
  /** The name by which a data set has it among its features; "input" where absent. */
  name?: string;
  /** "u32" for ids, whole numbers from 0, as `embedding` takes them; numbers, "f32", where absent and no layer wants ids. */
  dtype?: DType;
}

/**
 * An input of a model.
 *
 * @example const image = input([28, 28, 1], { name: "image" });
 * @param shape - of one sample, without the batch
 * @throws ShapeError when it isn't the shape of a sample; ArgumentError on an unknown option
 */
export function input(shape: Shape, options: InputOptions = {}): ModelNode {
  const { name, dtype } = optionsOf("input", options, { name: undefined, dtype: undefined });
  checkSampleShape("input", shape);
  if (dtype !== undefined && dtype !== "f32" && dtype !== "u32") {
    throw new ArgumentError(`input: dtype must be "f32" for numbers or "u32" for ids, got ${shown(dtype)}.`);
  }
  return new ModelNode(undefined, [], { shape: [...shape], name, dtype });
}

/**
 * Applies a layer to some inputs. A layer that is applied again has the same parameters: two branches share it.
 *
 * @example const h = apply(dense(16, { activation: "relu" }), x); const y = apply(add(), h, x);
 * @param layer - a layer, or a function of tensors
 * @param inputs - one, or several for a layer that joins them
 * @throws ArgumentError when the layer is none, an input is none, or their number doesn't fit the layer
 */
export function apply(layer: Layer | LayerFunction, ...inputs: ModelNode[]): ModelNode {
  const known = layers.get(layer) ?? layerOf("apply: the layer", layer);
  layers.set(layer, known);
  const kind = wantedName(known);
  const wrong = inputs.findIndex((each) => !(each instanceof ModelNode));
  if (wrong >= 0 || inputs.length === 0) {
    throw new ArgumentError(
      `apply: ${kind} needs what input() or apply() gives, got ${wrong >= 0 ? shown(inputs[wrong]) : "nothing"}. ` +
        `Write apply(${kind}(...), ${known.joins ? "a, b" : "input([4])"}).`,
    );
  }
  if (inputs.length > 1 && !known.joins) {
    throw new ArgumentError(
      `apply: ${kind} takes one input, got ${inputs.length}. Join them first: apply(${kind}(...), apply(concatenate(), a, b)).`,
    );
  }
  return new ModelNode(known, inputs);
}

/** Functions as layers, so that one that is applied twice is one layer. */
const layers = new WeakMap<Layer | LayerFunction, Layer>();

/** Options of `model`. */
export interface GraphOptions {
  /** The inputs, in the order of a data set's features; a single one by itself. */
  inputs: ModelNode | readonly ModelNode[];
  /** The outputs by name; a single one by itself. */
  outputs: ModelNode | Readonly<Record<string, ModelNode>>;
  /** Seed of the first weights: a whole number from 0 to 2^53 - 1. */
  seed?: number;
}

/**
 * A model of any graph of layers: with branches, several inputs and outputs, and shared layers.
 *
 * @example
 * const x = input([8]);
 * const h = apply(dense(8, { activation: "relu" }), x);
 * const net = model({ inputs: x, outputs: { digit: apply(dense(10), apply(add(), h, x)), parity: apply(dense(1), h) } });
 * @throws ArgumentError when an input is missing, isn't used or stands there twice, or two layers have a name; ShapeError
 * when a layer doesn't fit what comes before it
 */
export function model(options: GraphOptions): Model {
  const defaults = { inputs: undefined, outputs: undefined, seed: 0 };
  const { inputs, outputs, seed } = optionsOf("model", options, defaults) as Required<GraphOptions>;
  checkSeed("model", seed);
  const given = inputs instanceof ModelNode ? [inputs] : inputs;
  const named = outputs instanceof ModelNode ? { "": outputs } : outputs;
  checkNodes("inputs: [a, b], made by input()", given);
  checkNodes("outputs: y, or outputs: { digit: y, size: z }, made by apply()", Object.values(named ?? {}));
  const taken = new Set<string>();
  const samples = given.map((node, place) => {
    const { sample, layer } = node;
    if (given.indexOf(node) !== place) throw new ArgumentError(`model: inputs[${place}] stands there twice.`);
    const { shape, dtype } = sample ?? {};
    if (shape)
      return { shape, name: inputName(sample!.name, taken), ...(dtype === "u32" && { ids: idsBelow(MOST_IDS) }) };
    throw new ArgumentError(
      `model: inputs[${place}] is what ${wantedName(layer!)} gives, not an input. Make it with input([...]).`,
    );
  });
  const reached = reachedFrom(Object.values(named));
  given.forEach((node, place) => {
    if (reached.has(node)) return;
    throw new ArgumentError(
      `model: no output depends on the input "${samples[place].name}". Leave it out of inputs, or apply a layer to it.`,
    );
  });
  const nodes = [...reached].filter(({ layer }) => layer).sort((a, b) => a.id - b.id);
  const called = [...new Set(nodes.map(({ layer }) => layer!))];
  const names = new Map(nameLayers("model", called).map((each) => [each.layer, each]));
  const places = new Map([...given, ...nodes].map((node, place) => [node, place]));
  const placeOf = (node: ModelNode, user: string) => {
    const place = places.get(node);
    if (place !== undefined) return place;
    const what = node.sample?.name
      ? `the input "${node.sample.name}"`
      : `an input ${JSON.stringify(node.sample!.shape)}`;
    throw new ArgumentError(`model: ${user} takes ${what}, which isn't among inputs. Add it there.`);
  };
  const calls = nodes.map((node): Call => {
    const layer = names.get(node.layer!)!;
    return { layer, inputs: node.inputs.map((each) => placeOf(each, `the layer "${layer.name}"`)) };
  });
  if (calls.length === 0) throw new ArgumentError("model: needs at least one layer between inputs and outputs.");
  const ends = Object.entries(named).map(([name, node]) => ({ name, value: placeOf(node, `the output "${name}"`) }));
  return new Model({ inputs: samples, calls, outputs: ends }, seed);
}

/** Everything that some nodes are made of, and these. */
function reachedFrom(nodes: readonly ModelNode[]): Set<ModelNode> {
  const reached = new Set(nodes);
  for (const node of reached) for (const each of node.inputs) reached.add(each); // the loop comes to it as well
  return reached;
}

function inputName(name: string | undefined, taken: Set<string>): string {
  if (name !== undefined && taken.has(name)) {
    throw new ArgumentError(
      `model: two inputs are called "${name}". Give them names of their own: input(shape, { name }).`,
    );
  }
  return freeName(name ?? "input", taken);
}

function checkNodes(form: string, nodes: unknown): void {
  const isList = Array.isArray(nodes) && nodes.length > 0 && nodes.every((node) => node instanceof ModelNode);
  if (!isList) throw new ArgumentError(`model: needs ${form}.`);
}
