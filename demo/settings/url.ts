import { dataChoices, suggestedFor } from "./data-sets.js";
import type { LeftOut } from "./left-out.js";
import { optimizerEntries } from "./optimizers.js";
import { decodePoints, encodePoints } from "./points.js";
import {
  ACTIVATIONS,
  type AugmentChoice,
  augmentations,
  BACKENDS,
  type DataName,
  type HiddenLayer,
  INITIALIZERS,
  isInRange,
  LAYER_KINDS,
  LOSSES,
  MOST_LAYERS,
  type OptimizerChoice,
  type OptimizerNumber,
  type RangeName,
  type ScheduleChoice,
  type Settings,
  schedules,
  TASKS,
} from "./settings.js";
import { decodePlaces, encodePlaces } from "./signs.js";

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

const optional = (name: RangeName): Coding<number | undefined> => ({
  write: (value) => (value === undefined ? "any" : String(value)),
  read: number(name).read,
});

const codings: { [K in Exclude<keyof Settings, "data">]: Coding<Settings[K]> } = {
  rows: number("rows"),
  noise: number("noise"),
  points: { write: String, read: (text) => encodePoints(decodePoints(text)) },
  target: { write: (name) => name ?? "", read: (text) => text || undefined },
  leftOut: { write: writeLeftOut, read: readLeftOut },
  task: oneOf(TASKS),
  heldOut: number("heldOut"),
  layers: { write: writeLayers, read: readLayers },
  initializer: oneOf(INITIALIZERS),
  optimizer: oneOf(keysOf(optimizerEntries) as OptimizerChoice[]),
  numbers: { write: writeNumbers, read: readNumbers },
  learningRate: number("learningRate"),
  schedule: oneOf(keysOf(schedules) as ScheduleChoice[]),
  loss: oneOf(Object.values(LOSSES).flat()),
  augment: oneOf(keysOf(augmentations) as AugmentChoice[]),
  l1: number("l1"),
  l2: number("l2"),
  stopAt: optional("stopAt"),
  clipNorm: optional("clipNorm"),
  batchSize: number("batchSize"),
  seed: number("seed"),
  backend: oneOf(BACKENDS),
};

const names = keysOf(codings) as (keyof typeof codings)[];

const written = (settings: Settings, name: keyof typeof codings): string =>
  (codings[name] as Coding<unknown>).write(settings[name]);

/** Signs of an address that every program passes on whole. */
export const LONGEST_ADDRESS = 2000;

/** Settings as the part of an address after "#": the data, and all that isn't suggested for them. */
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

/** "16-relu-0.2" for neurons, activation and dropout; "conv2d.5.2-8-relu-0" for a kind of layer, with side and stride. */
function writeLayers(layers: readonly HiddenLayer[]): string {
  return layers
    .map(({ kind, units, activation, dropout = 0, side, stride }) => {
      const window = side === undefined ? [] : [side, stride];
      return [...(kind ? [[kind, ...window].join(".")] : []), units, activation, dropout].join("-");
    })
    .join("_");
}

function readLayers(text: string): HiddenLayer[] | undefined {
  const layers = text === "" ? [] : text.split("_").map(readLayer);
  return layers.length <= MOST_LAYERS && layers.every((each) => each !== undefined) ? layers : undefined;
}

function readLayer(text: string): HiddenLayer | undefined {
  const parts = text.split("-");
  const [units, name, dropout] = parts.slice(-3);
  const [kindName, side, stride] = parts.length > 3 ? parts[0].split(".") : [];
  const kind = LAYER_KINDS.find((known) => known === kindName);
  const activation = ACTIVATIONS.find((known) => known === name);
  const isWrong =
    (kindName !== undefined && !kind) ||
    (kind === "conv2d" && !(isInRange("side", Number(side)) && isInRange("stride", Number(stride))));
  if (isWrong || !activation || !isInRange("units", Number(units)) || !isInRange("dropout", Number(dropout)))
    return undefined;
  return {
    ...(kind && { kind }),
    units: Number(units),
    activation,
    ...(Number(dropout) > 0 && { dropout: Number(dropout) }),
    ...(kind === "conv2d" && { side: Number(side), stride: Number(stride) }),
  };
}

/** "Cg.x7Q2bA": places, and the checksum of the table that they are of. */
function writeLeftOut({ header, places }: LeftOut): string {
  return places.length === 0 ? "" : `${encodePlaces(places)}.${header}`;
}

function readLeftOut(text: string): LeftOut | undefined {
  const [signs, header = ""] = text.split(".");
  const places = decodePlaces(signs);
  return places && { header, places };
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
