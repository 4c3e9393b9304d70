import type { Dataset } from "../../data/index.js";
import {
  ArgumentError,
  type DenseOptions,
  dense,
  flatten,
  globalAveragePool1d,
  type Layer,
  type Model,
  sequential,
} from "../../index.js";
import { optionsTo, type Settings } from "../settings/table.js";
import { addedLayers } from "./added-layers.js";
import { type HiddenLayer, hiddenLayer, takesImages } from "./layers.js";
import { isRecurrent, type Surroundings, sequenceLayer, takesSequence } from "./sequence-layers.js";

/** Features of each token where no layer says how many. */
const EMBEDDED = 64;

/**
 * Contents of rows: the tokens of a text, with those that follow; numbers of a series; or the tokens of texts of
 * different lengths, filled up by id 0.
 */
export type SequenceData =
  | { of: "text"; ids: number }
  | { of: "series"; outputs: number }
  | { of: "texts"; ids: number; outputs: number };

/**
 * A network for texts or series from the settings: of one text a score of every token at every place, of series the numbers to
 * predict from the last place, of rows of texts what belongs to each.
 *
 * @param data - rows of tokens [time], or windows of a series [window, features]
 * @throws ArgumentError when a layer isn't one for sequences
 */
export function buildSequenceModel(data: Dataset, settings: Settings, seed: number, sequences: SequenceData): Model {
  const { layers, activation, dropout } = settings;
  const isText = sequences.of === "text";
  const tokens = sequences.of === "series" ? undefined : sequences.ids;
  checkLayers(layers, sequences);
  const options: DenseOptions = { ...optionsTo(settings, "dense"), activation };
  const about = (returnSequences: boolean): Surroundings => ({
    tokens,
    ...(sequences.of === "texts" && { padding: 0 }),
    causal: isText,
    time: data.shape[0],
    returnSequences,
    dropout,
  });
  const hidden: Layer[] = [];
  let isSequence = true;
  // Places that fill texts up have no part in a mean.
  const endSequence = () => {
    if (isSequence && !isText) hidden.push(sequences.of === "texts" ? globalAveragePool1d() : flatten());
    isSequence &&= isText;
  };
  for (const [place, layer] of layers.entries()) {
    const further = layers.slice(place + 1).some((each) => takesSequence(String(each)));
    const returnSequences = isText || further;
    if (typeof layer === "number" && !further) endSequence();
    hidden.push(sequenceLayer(String(layer), about(returnSequences)) ?? hiddenLayer(layer, options));
    if ((isRecurrent(String(layer)) && !returnSequences) || endsSequence(layer)) isSequence = false;
    if (dropout > 0 && (typeof layer === "number" || isRecurrent(layer) || endsSequence(layer)))
      hidden.push(...addedLayers(settings, "after"));
  }
  endSequence();
  return sequential({ input: data.shape, seed }, [
    ...addedLayers(settings, "before"),
    ...(tokens !== undefined && !String(layers[0]).startsWith("embedding")
      ? [sequenceLayer(`embedding${EMBEDDED}`, about(true))!]
      : []),
    ...hidden,
    dense(isText ? sequences.ids : sequences.outputs),
  ]);
}

const endsSequence = (layer: HiddenLayer) => layer === "average" || layer === "flatten";

/** @throws ArgumentError when layers don't fit sequences, or a text, which is read in one direction and place by place */
function checkLayers(layers: readonly HiddenLayer[], { of }: SequenceData): void {
  const find = (isWrong: (layer: string) => boolean) => layers.map(String).find(isWrong);
  const ofImages = layers.find((layer) => takesImages(layer) && !endsSequence(layer));
  if (ofImages !== undefined) throw new ArgumentError(`--layers ${ofImages}: convolutions and pools are for images.`);
  const later = layers.findIndex((layer, place) => place > 0 && String(layer).startsWith("embedding"));
  if (of !== "series" && later > 0) throw new ArgumentError(`--layers ${layers[later]}: an embedding stands first.`);
  if (of !== "text") return;
  const both = find((layer) => layer.startsWith("bidirectional"));
  if (both !== undefined) {
    throw new ArgumentError(
      `--layers ${both}: a model of text would see the token that it is to predict. Take ${both.replace("bidirectional", "")}.`,
    );
  }
  const end = find(endsSequence);
  if (end !== undefined) {
    throw new ArgumentError(`--layers ${end}: a model of text puts out scores at every place. Leave it out.`);
  }
}
