import { dataChoices, suggestedFor } from "./data-sets.js";
import { optimizerEntries } from "./optimizers.js";
import {
  ACTIVATIONS,
  type ActivationChoice,
  type DataName,
  type HiddenLayer,
  INITIALIZERS,
  isInRange,
  MOST_LAYERS,
  type OptimizerChoice,
  type OptimizerNumber,
  type RangeName,
  SCHEDULES,
  type Settings,
} from "./settings.js";

/** Settings as the part of an address after "#": the data, and all that isn't suggested for them. Well under 2 kB. */
export function toHash(settings: Settings): string {
  const query = new URLSearchParams({ data: settings.data });
  const suggested = suggestedFor(settings.data);
  for (const name of Object.keys(settings) as (keyof Settings)[]) {
    const [value, usual] = [written(settings, name), written(suggested, name)];
    if (name !== "data" && value !== usual) query.set(name, value);
  }
  return `#${query}`;
}

const written = (settings: Settings, name: keyof Settings): string => {
  if (name === "layers") {
    return settings.layers
      .map(({ units, activation, dropout }) => [units, activation, dropout ?? 0].join("-"))
      .join("_");
  }
  if (name === "numbers")
    return Object.entries(settings.numbers)
      .map((entry) => entry.join("-"))
      .join("_");
  return String(settings[name] ?? "any");
};

/** Settings that an address holds. Parts of it that make no sense are as suggested. */
export function fromHash(hash: string): Settings | undefined {
  const query = new URLSearchParams(hash.slice(1));
  const data = query.get("data");
  if (data === null || !Object.hasOwn(dataChoices, data)) return undefined;
  const suggested = suggestedFor(data as DataName);
  const number = <N extends RangeName & keyof Settings>(name: N): number => {
    const value = Number(query.get(name) ?? Number.NaN);
    return isInRange(name, value) ? value : (suggested[name] as number);
  };
  const one = <T extends string>(name: keyof Settings, choices: readonly T[], otherwise: T): T =>
    choices.find((choice) => choice === query.get(name)) ?? otherwise;
  const optimizers = Object.keys(optimizerEntries) as OptimizerChoice[];
  const optimizer = one("optimizer", optimizers, suggested.optimizer);
  const clipNorm = Number(query.get("clipNorm") ?? Number.NaN);
  return {
    data: data as DataName,
    rows: number("rows"),
    noise: number("noise"),
    heldOut: number("heldOut"),
    layers: layersOf(query.get("layers")) ?? suggested.layers,
    initializer: one("initializer", INITIALIZERS, suggested.initializer),
    optimizer,
    numbers: numbersOf(query.get("numbers") ?? "", optimizer),
    learningRate: number("learningRate"),
    schedule: one("schedule", SCHEDULES, suggested.schedule),
    clipNorm: isInRange("clipNorm", clipNorm) ? clipNorm : undefined,
    batchSize: number("batchSize"),
    seed: number("seed"),
    backend: one("backend", ["auto", "webgpu", "wasm", "cpu"] as const, suggested.backend),
  };
}

function layersOf(text: string | null): HiddenLayer[] | undefined {
  if (text === null) return undefined;
  if (text === "") return [];
  const layers = text.split("_").map((each) => {
    const [units, activation, dropout] = each.split("-");
    return {
      units: Number(units),
      activation: activation as ActivationChoice,
      ...(Number(dropout) > 0 && { dropout: Number(dropout) }),
    };
  });
  const fit = layers.every(
    ({ units, activation, dropout = 0 }) =>
      isInRange("units", units) && ACTIVATIONS.includes(activation) && isInRange("dropout", dropout),
  );
  return fit && layers.length <= MOST_LAYERS ? layers : undefined;
}

function numbersOf(text: string, optimizer: OptimizerChoice): Settings["numbers"] {
  const pairs = text.split("_").map((each) => {
    const at = each.indexOf("-");
    return [each.slice(0, at), Number(each.slice(at + 1))] as [OptimizerNumber, number];
  });
  const { numbers } = optimizerEntries[optimizer];
  return Object.fromEntries(pairs.filter(([name, value]) => Object.hasOwn(numbers, name) && isInRange(name, value)));
}
