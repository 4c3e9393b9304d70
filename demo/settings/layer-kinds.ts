import { dataChoices } from "./data-sets.js";
import { type DataName, freshLayer, type HiddenLayer, LAYER_KINDS, type LayerKind, takesImage } from "./settings.js";

/** Kinds to choose from for a layer that stands after some and before others: those for images come first. */
export function kindsBetween(
  data: DataName,
  before: readonly HiddenLayer[],
  after: readonly HiddenLayer[],
): (LayerKind | "dense")[] {
  const mayTakeImage = dataChoices[data].isImage && before.every(({ kind }) => kind !== undefined);
  const isFollowed = after.length > 0 && takesImage(after[0].kind);
  return (["dense", ...LAYER_KINDS] as const).filter((each) =>
    each === "dense" ? !isFollowed : mayTakeImage || !takesImage(each),
  );
}

/** Whether neurons of a layer are drawn as a column; others do something to what comes before them. */
export const hasNeurons = ({ kind }: HiddenLayer): boolean => kind === undefined || kind === "conv2d";

/** A new layer of a kind, like a neighbour of that kind where there is one. */
export function layerLike(kind: LayerKind | "dense", neighbours: readonly (HiddenLayer | undefined)[]): HiddenLayer {
  const alike = neighbours.find((each) => each && (each.kind ?? "dense") === kind);
  if (alike || kind !== "dense") return alike ?? freshLayer(kind);
  return { units: 4, activation: neighbours.find((each) => each && hasNeurons(each))?.activation ?? "tanh" };
}
