import type { Dataset } from "../../data/index.js";
import { ArgumentError, type DenseOptions, dense, flatten, type Layer, type Model, sequential } from "../../index.js";
import { optionsTo, type Settings } from "../settings/table.js";
import { addedLayers } from "./added-layers.js";
import { type HiddenLayer, hiddenLayer, takesImages } from "./layers.js";
import { isRecurrent, type Surroundings, sequenceLayer, takesSequence } from "./sequence-layers.js";

/** Features of each token where no layer says how many. */
const EMBEDDED = 64;

/**
 * A network for texts or series from the settings: of texts a score of every token at every place, of series the numbers to
 * predict from the last place.
 *
 * @param data - a text's rows of tokens [context], or a series' windows [window, features]
 * @param tokens - of the vocabulary; undefined for series
 * @throws ArgumentError when a layer isn't one for sequences
 */
export function buildSequenceModel(data: Dataset, settings: Settings, tokens: number | undefined, seed: number): Model {
  const { layers, activation, dropout } = settings;
  const wrong = layers.find(takesImages);
  if (wrong !== undefined) throw new ArgumentError(`--layers ${wrong}: convolutions and pools are for images.`);
  checkLayers(layers, tokens !== undefined);
  const options: DenseOptions = { ...optionsTo(settings, "dense"), activation };
  const about = (returnSequences: boolean): Surroundings => ({
    tokens,
    time: data.shape[0],
    returnSequences,
    dropout,
  });
  const hidden: Layer[] = [];
  let isSequence = true;
  for (const [place, layer] of layers.entries()) {
    const further = layers.slice(place + 1).some((each) => takesSequence(String(each)));
    const returnSequences = tokens !== undefined || further;
    if (isSequence && tokens === undefined && typeof layer === "number" && !further) {
      hidden.push(flatten());
      isSequence = false;
    }
    hidden.push(sequenceLayer(String(layer), about(returnSequences)) ?? hiddenLayer(layer, options));
    if (isRecurrent(String(layer)) && !returnSequences) isSequence = false;
    if (dropout > 0 && (typeof layer === "number" || isRecurrent(layer)))
      hidden.push(...addedLayers(settings, "after"));
  }
  const outputs = tokens ?? data.targetShape[0];
  return sequential({ input: data.shape, seed }, [
    ...addedLayers(settings, "before"),
    ...(tokens !== undefined && !String(layers[0]).startsWith("embedding")
      ? [sequenceLayer(`embedding${EMBEDDED}`, about(true))!]
      : []),
    ...hidden,
    ...(tokens === undefined && isSequence ? [flatten()] : []),
    dense(outputs),
  ]);
}

/** @throws ArgumentError when layers don't fit a text, which is read in one direction and place by place */
function checkLayers(layers: readonly HiddenLayer[], isText: boolean): void {
  const later = layers.findIndex((layer, place) => place > 0 && String(layer).startsWith("embedding"));
  if (isText && later > 0) throw new ArgumentError(`--layers ${layers[later]}: an embedding stands first.`);
  const both = layers.find((layer) => String(layer).startsWith("bidirectional"));
  if (isText && both !== undefined) {
    throw new ArgumentError(
      `--layers ${both}: a model of text would see the token that it is to predict. Take ${String(both).replace("bidirectional", "")}.`,
    );
  }
  const flat = layers.find((layer) => layer === "flatten");
  if (isText && flat !== undefined) {
    throw new ArgumentError("--layers flatten: a model of text puts out scores at every place. Leave it out.");
  }
}
