import type { HiddenLayer, LayerKind, Settings } from "./settings.js";

/** A setting that differs between two trainings, as texts. */
export interface Difference {
  name: keyof Settings;
  /** Number of the one hidden layer that differs, from 0, where the others are the same. */
  layer?: number;
  before: string;
  after: string;
}

/** What kinds of layers are called. */
type KindNames = Readonly<Record<LayerKind, string>>;

const NOTHING = "–";

/** "convolution 16 5 × 5 / 2 relu −0.3": kind, size, window and stride, activation, dropout. */
const layerText = ({ kind, units, activation, dropout, side, stride }: HiddenLayer, names?: KindNames): string =>
  [
    ...(kind ? [names?.[kind] ?? kind] : []),
    ...(kind === "batchNorm" || kind === "layerNorm" ? [] : [units]),
    ...(kind === "conv2d" ? [`${side} × ${side}`, ...(stride === 1 ? [] : [`/ ${stride}`])] : []),
    ...(kind === undefined || kind === "conv2d" ? [activation] : []),
    ...(dropout ? [`−${dropout}`] : []),
  ].join(" ");

const written = (value: Settings[keyof Settings]): string => {
  if (typeof value !== "object") return String(value ?? NOTHING);
  if (Array.isArray(value)) return value.join(", ") || NOTHING;
  return (
    Object.entries(value)
      .map((entry) => entry.join(" "))
      .join(", ") || NOTHING
  );
};

/** Layers that differ: the one where it is one, else all. */
function layersThatDiffer(before: Settings, after: Settings, names?: KindNames): Difference[] {
  const [old, now] = [before, after].map(({ layers }) => layers.map((each) => layerText(each, names)));
  const places = [...now.keys()].filter((i) => old[i] !== now[i]);
  if (old.length === now.length && places.length === 0) return [];
  if (old.length !== now.length || places.length > 1)
    return [{ name: "layers", before: old.join(", ") || NOTHING, after: now.join(", ") || NOTHING }];
  return [{ name: "layers", layer: places[0], before: old[places[0]], after: now[places[0]] }];
}

/** The settings in which two trainings differ. */
export const differences = (before: Settings, after: Settings, names?: KindNames): Difference[] =>
  (Object.keys(after) as (keyof Settings)[]).flatMap((name): Difference[] => {
    if (name === "layers") return layersThatDiffer(before, after, names);
    const [old, now] = [written(before[name]), written(after[name])];
    return old === now ? [] : [{ name, before: old, after: now }];
  });
