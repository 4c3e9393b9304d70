import type { TableInfo } from "../engine/run.js";
import { placesIn } from "./columns.js";
import { decodePoints } from "./points.js";
import type { HiddenLayer, LayerKind, Settings } from "./settings.js";

/** A setting that differs between two trainings, as texts. */
export interface Difference {
  name: keyof Settings;
  /** Number of the one hidden layer that differs, from 0, where the others are the same. */
  layer?: number;
  before: string;
  after: string;
}

/** How differences are said. */
interface Words {
  /** Names of the kinds of layers. */
  kinds: Readonly<Record<LayerKind, string>>;
  /** Names of the choices of settings. */
  choices: Readonly<Partial<Record<keyof Settings, Readonly<Record<string, string>>>>>;
  /** A number as the language writes it. */
  number: (value: number) => string;
  /** The visitor's table, whose columns are named. */
  table?: TableInfo;
}

const NOTHING = "–";
/** The most columns that are named. */
const MOST_NAMES = 4;

/** "convolution 16 5 × 5 / 2 relu −0.3": kind, size, window and stride, activation, dropout. */
const layerText = ({ kind, units, activation, dropout, side, stride }: HiddenLayer, { kinds, number }: Words): string =>
  [
    ...(kind ? [kinds[kind]] : []),
    ...(kind === "batchNorm" || kind === "layerNorm" ? [] : [units]),
    ...(kind === "conv2d" ? [`${side} × ${side}`, ...(stride === 1 ? [] : [`/ ${stride}`])] : []),
    ...(kind === undefined || kind === "conv2d" ? [activation] : []),
    ...(dropout ? [`−${number(dropout)}`] : []),
  ].join(" ");

/** "a, b" of columns; of many the first, and how many there are. */
function columnsText(places: readonly number[], table: TableInfo | undefined): string {
  const names = places.map((place) => table?.columns[place].name ?? String(place));
  const first = names.slice(0, MOST_NAMES).join(", ") || NOTHING;
  return names.length > MOST_NAMES ? `${first} … (${names.length})` : first;
}

/** Points drawn by hand: how many of each colour. */
function pointsText(text: string): string {
  const labels = decodePoints(text).map(({ label }) => label);
  return [...new Set(labels)].map((label) => labels.filter((each) => each === label).length).join(" + ") || "0";
}

/** A plain setting, or the numbers of an optimizer. */
function written(
  name: keyof Settings,
  value: string | number | undefined | Settings["numbers"],
  { choices, number }: Words,
): string {
  if (typeof value === "number") return number(value);
  if (value === undefined) return NOTHING;
  if (typeof value === "string") return choices[name]?.[value] ?? value;
  const entries = Object.entries(value).map(([each, size]) => `${each} ${number(size)}`);
  return entries.join(", ") || NOTHING;
}

/** Layers that differ: the one where it is one, else all. */
function layersThatDiffer(before: Settings, after: Settings, words: Words): Difference[] {
  const [old, now] = [before, after].map(({ layers }) => layers.map((each) => layerText(each, words)));
  const places = [...now.keys()].filter((i) => old[i] !== now[i]);
  if (old.length === now.length && places.length === 0) return [];
  if (old.length !== now.length || places.length > 1)
    return [{ name: "layers", before: old.join(", ") || NOTHING, after: now.join(", ") || NOTHING }];
  return [{ name: "layers", layer: places[0], before: old[places[0]], after: now[places[0]] }];
}

/** Columns of which only one training takes no notice. */
function columnsThatDiffer(before: Settings, after: Settings, { table }: Words): Difference[] {
  const placesOf = ({ leftOut }: Settings) => (table ? placesIn(table, leftOut) : leftOut.places);
  const only = (one: Settings, other: Settings) => placesOf(one).filter((place) => !placesOf(other).includes(place));
  const [old, now] = [only(before, after), only(after, before)];
  if (old.length + now.length === 0) return [];
  return [{ name: "leftOut", before: columnsText(old, table), after: columnsText(now, table) }];
}

/** The settings in which two trainings differ. */
export const differences = (before: Settings, after: Settings, words: Words): Difference[] =>
  (Object.keys(after) as (keyof Settings)[]).flatMap((name): Difference[] => {
    if (name === "layers") return layersThatDiffer(before, after, words);
    if (name === "leftOut") return columnsThatDiffer(before, after, words);
    const [old, now] = [written(name, before[name], words), written(name, after[name], words)];
    if (old === now) return [];
    const write = name === "points" ? pointsText : (text: string) => text;
    return [{ name, before: write(old), after: write(now) }];
  });
