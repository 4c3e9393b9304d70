import { ArgumentError } from "../core/errors.js";
import type { LayerConfig } from "../layers/index.js";
import type { Model } from "../model/model.js";

/** Saved form of a model's layers. @throws ArgumentError when a layer is a function of the user's own */
export const layerConfigs = ({ layers }: Model): LayerConfig[] =>
  layers.map(({ name, layer }) => {
    const custom = layer.config.layer === "function" || typeof layer.config.activation === "object";
    if (custom) {
      throw new ArgumentError(
        `The layer "${name}" contains a function of your own, which can't be saved as JSON. Save model.parameters() ` +
          "and give them to setParameters() of the same model built in code.",
      );
    }
    return layer.config;
  });
