import { asText, flagOf } from "../settings/setting.js";
import { modelSettings, type Settings } from "../settings/table.js";
import type { RunConfiguration } from "./run.js";

/** Settings that have a value, by the names of their options. */
export function optionsOf(settings: Settings): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, setting] of Object.entries(modelSettings)) {
    const value = settings[name as keyof Settings];
    if (value !== undefined) values.set(flagOf(modelSettings, name).slice(2), asText(setting, value));
  }
  return values;
}

/** All that may tell a run from others, by the names of the options. */
export function valuesOf({ data, settings, seed, device }: RunConfiguration): Map<string, string> {
  return new Map([["data", data.name], ...optionsOf(settings), ["seed", String(seed)], ["backend", device.backend]]);
}
