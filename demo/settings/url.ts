import { dataChoices, suggestedFor } from "./data-sets.js";
import { optimizerEntries } from "./optimizers.js";
import { decodePoints, encodePoints } from "./points.js";
import {
  ACTIVATIONS,
  BACKENDS,
  type DataName,
  type HiddenLayer,
  INITIALIZERS,
  isInRange,
  MOST_LAYERS,
  type OptimizerChoice,
  type OptimizerNumber,
  type RangeName,
  type ScheduleChoice,
  type Settings,
  schedules,
  TASKS,
} from "./settings.js";

/** How a setting is written into an address and read from it; what makes no sense is read as undefined. */
interface Coding<T> {
  write: (value: T) => string;
  read: (text: string) => T | undefined;
}

const number = (name: RangeName): Coding<number> => ({
  write: String,
  read: (text) => (text !== "" && isInRange(name, Number(text)) ? Number(text) : undefined),
});

const oneOf = <T extends string>(choices: readonly T[]): Coding<T> => ({
  write: String,
  read: (text) => choices.find((choice) => choice === text),
});

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];

const clipNorm = number("clipNorm");

const codings: { [K in Exclude<keyof Settings, "data">]: Coding<Settings[K]> } = {
  rows: number("rows"),
  noise: number("noise"),
  points: { write: String, read: (text) => encodePoints(decodePoints(text)) },
  target: { write: (name) => name ?? "", read: (text) => text || undefined },
  ignored: { write: (names) => names.join("\t"), read: (text) => (text ? text.split("\t") : []) },
  task: oneOf(TASKS),
  heldOut: number("heldOut"),
  layers: { write: writeLayers, read: readLayers },
  initializer: oneOf(INITIALIZERS),
  optimizer: oneOf(keysOf(optimizerEntries) as OptimizerChoice[]),
  numbers: { write: writeNumbers, read: readNumbers },
  learningRate: number("learningRate"),
  schedule: oneOf(keysOf(schedules) as ScheduleChoice[]),
  clipNorm: { write: (norm) => (norm === undefined ? "any" : String(norm)), read: clipNorm.read },
  batchSize: number("batchSize"),
  seed: number("seed"),
  backend: oneOf(BACKENDS),
};

const names = keysOf(codings) as (keyof typeof codings)[];

const written = (settings: Settings, name: keyof typeof codings): string =>
  (codings[name] as Coding<unknown>).write(settings[name]);

/** Settings as the part of an address after "#": the data, and all that isn't suggested for them. Under 2 kB. */
export function toHash(settings: Settings): string {
  const query = new URLSearchParams({ data: settings.data });
  const suggested = suggestedFor(settings.data);
  for (const name of names) {
    const value = written(settings, name);
    if (value !== written(suggested, name)) query.set(name, value);
  }
  return `#${query}`;
}

/** Settings that an address holds. Parts of it that make no sense are as suggested. */
export function fromHash(hash: string): Settings | undefined {
  const query = new URLSearchParams(hash.slice(1));
  const data = query.get("data");
  if (data === null || !Object.hasOwn(dataChoices, data)) return undefined;
  const settings = { ...suggestedFor(data as DataName) };
  for (const name of names) {
    const text = query.get(name);
    const value = text === null ? undefined : codings[name].read(text);
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  const known = optimizerEntries[settings.optimizer].numbers;
  const numbers = Object.entries(settings.numbers).filter(([each]) => Object.hasOwn(known, each));
  return { ...settings, numbers: Object.fromEntries(numbers) };
}

function writeLayers(layers: readonly HiddenLayer[]): string {
  return layers.map(({ units, activation, dropout }) => [units, activation, dropout ?? 0].join("-")).join("_");
}

function readLayers(text: string): HiddenLayer[] | undefined {
  if (text === "") return [];
  const layers: HiddenLayer[] = [];
  for (const each of text.split("_")) {
    const [units, name, dropout] = each.split("-");
    const activation = ACTIVATIONS.find((known) => known === name);
    if (!activation || !isInRange("units", Number(units)) || !isInRange("dropout", Number(dropout))) return undefined;
    layers.push({ units: Number(units), activation, ...(Number(dropout) > 0 && { dropout: Number(dropout) }) });
  }
  return layers.length <= MOST_LAYERS ? layers : undefined;
}

function writeNumbers(numbers: Settings["numbers"]): string {
  return Object.entries(numbers)
    .map((entry) => entry.join("-"))
    .join("_");
}

function readNumbers(text: string): Settings["numbers"] {
  const pairs = text.split("_").map((each) => {
    const at = each.indexOf("-");
    return [each.slice(0, at) as OptimizerNumber, Number(each.slice(at + 1))] as const;
  });
  return Object.fromEntries(pairs.filter(([name, value]) => Object.hasOwn(NUMBERS, name) && isInRange(name, value)));
}

const NUMBERS: Record<OptimizerNumber, true> = { momentum: true, beta1: true, beta2: true, weightDecay: true };
