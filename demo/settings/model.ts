import type { SavedByPage } from "../engine/questions.js";
import type { Past } from "../engine/run.js";
import { optimizerEntries } from "./optimizers.js";
import {
  ACTIVATIONS,
  type ActivationChoice,
  type HiddenLayer,
  INITIALIZERS,
  isInRange,
  MOST_LAYERS,
  type OptimizerChoice,
  type Settings,
} from "./settings.js";
import { fromHash } from "./url.js";

/** A layer of model.json: its kind and its options, by the library's names. */
type LayerJson = { layer: string; activation?: unknown; initializer?: { initializer: string } } & Record<
  string,
  unknown
>;

/** The parts of model.json that say how a network is built and was trained. */
interface ModelJson {
  nodes?: { layer: LayerJson | number; inputs: number[] }[];
  training?: { optimizer?: { optimizer: string } & Record<string, unknown>; learningRate?: number };
  metadata?: { playground?: SavedByPage };
}

/**
 * Settings of a saved model: those that the page saved with it, and its past; of another program's, its layers and its
 * optimizer, with the present data.
 *
 * @throws Error where the page has no such layers
 */
export function settingsOfModel(json: string, present: Settings): { settings: Settings; past?: Past } {
  const { nodes = [], training, metadata } = JSON.parse(json) as ModelJson;
  const saved = metadata?.playground;
  const settings = saved && fromHash(saved.address);
  if (settings) return { settings: { ...settings, backend: present.backend }, past: saved.past };
  const isChain = nodes.every(({ layer, inputs }, i) => typeof layer === "object" && inputs.join() === String(i));
  if (!isChain) throw new Error("Its layers don't follow one after the other.");
  const made = layersOf(nodes.map(({ layer }) => layer as LayerJson));
  return { settings: { ...present, ...made, ...optimizerOf(training) } };
}

/** Hidden layers of a chain, whose last one is the page's own: fully connected, without an activation. */
function layersOf(chain: readonly LayerJson[]): Pick<Settings, "layers" | "initializer"> {
  const layers: HiddenLayer[] = [];
  const change = (layer: LayerJson, some: Partial<HiddenLayer>) => {
    const last = layers.pop();
    if (!last) throw new Error(`Nothing comes before its layer ${layer.layer}.`);
    layers.push({ ...last, ...some });
  };
  for (const layer of chain) {
    if (layer.layer === "flatten" || layer.layer === "reshape") continue;
    if (layer.layer === "dropout") change(layer, { dropout: numberOf(layer, "rate") });
    else if (layer.layer === "activation") change(layer, { activation: activationOf(layer) });
    else layers.push(layerOf(layer));
  }
  const last = layers.pop();
  if (last?.kind || last?.activation !== "linear" || layers.length > MOST_LAYERS)
    throw new Error(
      `Of the page are up to ${MOST_LAYERS} hidden layers, and a fully connected one that ends in logits.`,
    );
  const names = chain.map(({ initializer }) => INITIALIZERS.find((name) => name === initializer?.initializer));
  return { layers, initializer: names.find((name) => name !== undefined) ?? "glorotUniform" };
}

function layerOf(layer: LayerJson): HiddenLayer {
  const activation = activationOf(layer);
  switch (layer.layer) {
    case "dense":
      return { units: numberOf(layer, "units"), activation };
    case "conv2d": {
      const [side, stride] = [numberOf(layer, "kernel"), numberOf(layer, "stride", 1)];
      return { kind: "conv2d", units: numberOf(layer, "filters"), side, stride, activation };
    }
    case "maxPool2d":
      return { kind: "maxPool2d", units: numberOf(layer, "size"), activation };
    case "batchNorm":
    case "layerNorm":
      return { kind: layer.layer, units: 2, activation };
    default:
      throw new Error(`It has a layer ${layer.layer}.`);
  }
}

function numberOf(layer: LayerJson, name: string, otherwise?: number): number {
  const value = layer[name] ?? otherwise;
  if (typeof value !== "number" || (name === "units" && !isInRange("units", value)))
    throw new Error(`Its layer ${layer.layer} has ${name} ${JSON.stringify(value)}.`);
  return value;
}

function activationOf({ layer, activation = "linear" }: LayerJson): ActivationChoice {
  const known = ACTIVATIONS.find((name) => name === activation);
  if (!known) throw new Error(`Its layer ${layer} has the activation ${JSON.stringify(activation)}.`);
  return known;
}

/** The optimizer, where it is one of the page's, with its numbers. */
function optimizerOf(training: ModelJson["training"]): Partial<Settings> {
  const { optimizer } = training ?? {};
  if (!optimizer || !Object.hasOwn(optimizerEntries, optimizer.optimizer)) return {};
  const name = optimizer.optimizer as OptimizerChoice;
  const numbers = Object.entries(optimizerEntries[name].numbers).filter(([key, usual]) => optimizer[key] !== usual);
  return {
    optimizer: name,
    numbers: Object.fromEntries(numbers.map(([key]) => [key, Number(optimizer[key] ?? 0)])),
    learningRate: training!.learningRate ?? Number(optimizer.learningRate),
  };
}
