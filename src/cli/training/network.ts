import { type Shape, sizeOf } from "../../core/shape.js";
import type { Dataset, Preprocessing } from "../../data/index.js";
import {
  type ActivationName,
  ArgumentError,
  type DenseOptions,
  dense,
  embedColumns,
  type Layer,
  type Loss,
  type Model,
  reshape,
  sequential,
} from "../../index.js";
import type { ImageShape } from "../../report/index.js";
import { optionsTo, type Settings } from "../settings/table.js";
import { addedLayers } from "./added-layers.js";
import { embeddedColumns } from "./embedded.js";
import { hiddenLayer, isForSequences, takesImages } from "./layers.js";

/** Initializers that keep the size of signals through these activations; Glorot's suits the others. */
const INITIALIZERS: Partial<Record<ActivationName, string>> = {
  relu: "heNormal",
  leakyRelu: "heNormal",
  elu: "heNormal",
  gelu: "heNormal",
  geluTanh: "heNormal",
  silu: "heNormal",
  mish: "heNormal",
  hardSwish: "heNormal",
  selu: "lecunNormal",
};

/** 4 GiB of parameters and gradients: more than this is a slip of the finger. */
const MOST_PARAMETERS = 2 ** 28;

/** Outputs for a data set's targets. */
export const outputsFor = ({ classes, targetShape }: Dataset, loss: Loss): number =>
  classes === 2 && !loss.outputPerClass ? 1 : (classes ?? sizeOf(targetShape));

/**
 * A network from the settings: one output per class, one for two classes unless the loss needs two, one for each number.
 *
 * @param image - shape of images that lie in flat rows
 */
export function buildModel(data: Dataset, settings: Settings, loss: Loss, seed: number, image?: ImageShape): Model {
  const { layers, activation } = settings;
  const outputs = outputsFor(data, loss);
  const options: DenseOptions = {
    initializer: INITIALIZERS[activation] ?? "glorotUniform",
    ...optionsTo(settings, "dense"),
  };
  const onSequences = layers.find(isForSequences);
  if (onSequences !== undefined) {
    throw new ArgumentError(
      `--layers ${onSequences}: it is for sequences. Give a text, columns of texts with --text, or a series with --window; rows take sizes such as 128,64.`,
    );
  }
  const onImages = layers.some(takesImages);
  if (!onImages) checkParameters([sizeOf(data.shape), ...layers.filter((layer) => typeof layer === "number"), outputs]);
  return sequential({ input: onImages ? data.shape : [sizeOf(data.shape)], seed }, [
    ...(onImages ? asImages(data.shape, image) : []),
    ...(settings.embed && data.preprocessing ? embedded(data.preprocessing) : []),
    ...addedLayers(settings, "before"),
    ...layers.flatMap((layer) => [
      hiddenLayer(layer, options),
      ...(typeof layer === "number" ? addedLayers(settings, "after") : []),
    ]),
    dense(outputs),
  ]);
}

/** A layer that makes vectors of whole numbers for names, where there are any. */
function embedded(preprocessing: Preprocessing): Layer[] {
  const columns = embeddedColumns(preprocessing);
  return columns.length > 0 ? [embedColumns(columns)] : [];
}

function checkParameters(sizes: readonly number[]): void {
  const parameters = sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i] + 1), 0);
  if (parameters <= MOST_PARAMETERS) return;
  const layers = sizes.slice(1, -1).join(",");
  throw new ArgumentError(`--layers ${layers}: ${parameters.toLocaleString("en-US")} parameters are too many.`);
}

/** Layers that make images [height, width, channels] of samples. */
function asImages(shape: Shape, image?: ImageShape): Layer[] {
  if (shape.length === 3) return [];
  if (shape.length === 2) return [reshape([...shape, 1])];
  if (image) return [reshape([image.height, image.width, image.channels])];
  throw new ArgumentError(
    `--layers: convolutions and pools need images, and a row here is ${shape[0]} numbers. Use sizes such as 128,64.`,
  );
}
