import { ArgumentError, FormatError } from "../core/errors.js";
import { isInitializer } from "../initializers/index.js";
import {
  idsBelow,
  isKnown,
  type Layer,
  type LayerConfig,
  type LayerMakers,
  MOST_IDS,
  makeLayer,
} from "../layers/index.js";
import type { Model } from "../model/model.js";
import {
  type Call,
  chainOf,
  checkSampleShape,
  type NamedLayer,
  nameLayers,
  type Structure,
} from "../model/structure.js";

/*
 * A model's graph of layers in model.json.
 */

/** Version 2: any graph. Values are numbered: first the inputs, then what the nodes give, in their order. */
export interface StructureJson {
  inputs: { name: string; shape: number[]; dtype?: "u32" }[];
  /** A layer is given where it is called first; a further call has the number of that node. */
  nodes: { layer: LayerConfig | number; inputs: number[] }[];
  outputs: { name: string; value: number }[];
}

/** Version 1: layers one after the other. */
interface ChainJson {
  input: number[];
  layers: LayerConfig[];
}

/** A version's fields in model.json, and the graph that they describe. */
interface StructureFormat {
  fields: readonly string[];
  /** @throws FormatError, or what layers throw, when they describe none */
  read(json: object, name: string, makers: LayerMakers): Structure;
}

/** Readers of a model's graph, by the version that describes it. */
export const STRUCTURES: ReadonlyMap<number, StructureFormat> = new Map([
  [1, { fields: ["input", "layers"], read: readChain } as StructureFormat],
  [2, { fields: ["inputs", "nodes", "outputs"], read: readGraph } as StructureFormat],
]);

/** Kinds of the layers of a description, those inside of others left out; none where it describes no graph. */
export function kindsIn(json: object): string[] {
  const { layers, nodes } = json as Partial<ChainJson & StructureJson>;
  const configs = [layers ?? [], (nodes ?? []).map?.((node) => node?.layer) ?? []].flat();
  return configs.flatMap((config) => (isRecord(config) ? [String(config.layer)] : []));
}

/** Saved form of a model's graph. @throws ArgumentError when a layer is a function of the user's own */
export function describeStructure({ structure }: Model): StructureJson {
  const first = new Map<NamedLayer, number>();
  const nodes = structure.calls.map(({ layer: named, inputs }, node) => {
    const known = first.get(named);
    if (known === undefined) first.set(named, node);
    return { layer: known ?? configOf(named), inputs: [...inputs] };
  });
  const inputs = structure.inputs.map(({ name, shape, ids }) => ({
    ...{ name, shape: [...shape] },
    ...(ids && { dtype: "u32" as const }),
  }));
  return { inputs, nodes, outputs: structure.outputs.map((output) => ({ ...output })) };
}

function configOf({ name, layer }: NamedLayer): LayerConfig {
  if (!isOwn(layer)) return layer.config;
  throw new ArgumentError(
    `The layer "${name}" contains a function of your own, which can't be saved as JSON. Make a layer known by a name, with ` +
      "registerLayer(), or save model.parameters() and give them to setParameters() of the same model built in code.",
  );
}

/** Whether a layer, or one inside of it, is a function of the user's own, or has an activation, a cell or initializer that is. */
const isOwn = ({ config, parts = [] }: Layer): boolean =>
  !isKnown(config.layer) ||
  typeof config.activation === "object" ||
  Object.values(config).some(isOwnInitializer) ||
  parts.some(isOwn);

/** Whether a value of a config is an initializer's that no name leads to. */
const isOwnInitializer = (value: unknown): boolean =>
  isRecord(value) && typeof value.initializer === "string" && !isInitializer(value.initializer);

function readChain({ input, layers }: ChainJson, name: string, makers: LayerMakers): Structure {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new FormatError(`${name}: model.json has no list of layers.`);
  }
  checkSampleShape("sequential", input);
  return chainOf(
    input,
    nameLayers(
      "sequential",
      layers.map((layer) => makeLayer(layer, makers)),
    ),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isListOf = (list: unknown, is: (entry: Record<string, unknown>) => boolean) =>
  Array.isArray(list) && list.length > 0 && list.every((entry) => isRecord(entry) && is(entry));

function readGraph({ inputs, nodes, outputs }: StructureJson, name: string, makers: LayerMakers): Structure {
  const isNode = ({ layer, inputs }: Record<string, unknown>) =>
    (isRecord(layer) || Number.isInteger(layer)) && Array.isArray(inputs) && inputs.length > 0;
  if (
    !isListOf(inputs, (each) => typeof each.name === "string") ||
    !isListOf(nodes, isNode) ||
    !isListOf(outputs, (each) => typeof each.name === "string")
  ) {
    throw new FormatError(`${name}: model.json has no lists of inputs, nodes and outputs.`);
  }
  for (const [what, list] of Object.entries({ inputs, outputs })) {
    const names = list.map((each) => each.name);
    const twice = names.find((each, place) => names.indexOf(each) !== place);
    if (twice !== undefined) throw new FormatError(`${name}: model.json has two ${what} called "${twice}".`);
  }
  for (const { shape } of inputs) checkSampleShape(name, shape);
  const used = new Set<number>();
  const use = (place: number, user: string, before: number) => {
    if (!Number.isInteger(place) || place < 0 || place >= before) {
      const loop = place >= before ? ", which comes after it: there would be a loop" : "";
      throw new FormatError(`${name}: in model.json ${user} takes value ${place}${loop}. It is damaged.`);
    }
    used.add(place);
    return place;
  };
  const made: (Layer | number)[] = nodes.map(({ layer }) =>
    typeof layer === "number" ? layer : makeLayer(layer, makers),
  );
  const named = nameLayers(
    "model",
    made.filter((layer) => typeof layer !== "number"),
  );
  const layers: NamedLayer[] = [];
  const calls = nodes.map((node, i): Call => {
    const layer = typeof node.layer === "number" ? layers[node.layer] : named.shift();
    if (!layer) throw new FormatError(`${name}: node ${i} of model.json repeats node ${node.layer}, which is none.`);
    layers.push(layer);
    if (node.inputs.length > 1 && !layer.layer.joins) {
      throw new FormatError(
        `${name}: node ${i} of model.json, "${layer.name}", takes one input, not ${node.inputs.length}.`,
      );
    }
    return { layer, inputs: node.inputs.map((place) => use(place, `node ${i}`, inputs.length + i)) };
  });
  const values = inputs.length + nodes.length;
  const ends = outputs.map((end) => ({ name: end.name, value: use(end.value, `the output "${end.name}"`, values) }));
  for (let place = 0; place < values; place++) {
    if (used.has(place)) continue;
    const what = place < inputs.length ? `the input "${inputs[place].name}"` : `node ${place - inputs.length}`;
    throw new FormatError(`${name}: nothing in model.json takes ${what}. It is damaged.`);
  }
  const samples = inputs.map(({ name, shape, dtype }) => ({
    ...{ name, shape },
    ...(dtype === "u32" && { ids: idsBelow(MOST_IDS) }),
  }));
  return { inputs: samples, calls, outputs: ends };
}
