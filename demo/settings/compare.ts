import type { Settings } from "./settings.js";

/** A setting that differs between two trainings, as texts. */
export interface Difference {
  name: keyof Settings;
  before: string;
  after: string;
}

const written = (value: Settings[keyof Settings]): string => {
  if (Array.isArray(value)) {
    const layers = value as Settings["layers"];
    return layers
      .map(({ kind = "", units, activation, dropout }) =>
        `${kind} ${units} ${activation}${dropout ? ` −${dropout}` : ""}`.trim(),
      )
      .join(", ");
  }
  if (typeof value === "object")
    return Object.entries(value)
      .map((entry) => entry.join(" "))
      .join(", ");
  return String(value ?? "–");
};

/** The settings in which two trainings differ. */
export const differences = (before: Settings, after: Settings): Difference[] =>
  (Object.keys(after) as (keyof Settings)[])
    .map((name) => ({ name, before: written(before[name]) || "–", after: written(after[name]) || "–" }))
    .filter((each) => each.before !== each.after);
