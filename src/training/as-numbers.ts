import type { EncodedRows } from "./encode.js";
import { featureValues, featureVariables } from "./features.js";
import type { TrainingSpec } from "./graphs.js";

/** Takes features as numbers, also those of bytes. */
export function asNumbers({ model }: TrainingSpec, { shapes, data, host }: EncodedRows): EncodedRows {
  return {
    shapes: { ...shapes, features: featureVariables(model) },
    data: { ...data, ...featureValues(model, host.features) },
    host,
  };
}
