import type { Layer } from "../../index.js";
import { layerFromConfig } from "../../layers/index.js";
import { type Settings, settingsTo } from "../settings/table.js";

/** Layers that settings add before the first or after each hidden one; a setting of 0 adds none. */
export const addedLayers = (settings: Settings, to: "before" | "after"): Layer[] =>
  settingsTo(settings, to).flatMap(({ goes, value }) =>
    value ? [layerFromConfig({ layer: goes.layer, [goes.option]: value })] : [],
  );
