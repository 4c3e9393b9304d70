import { sizeOf } from "../core/shape.js";
import { Dataset } from "./dataset.js";
import { labelWarnings, type Targets } from "./labels.js";

const NONE = new Float32Array(0);

/** A data set's labels and weights alone, for `joinRows`: its features are let go. */
export const withoutFeatures = (data: Dataset): Dataset =>
  Dataset.own({ ...data, features: NONE, shape: [0], featureNames: undefined, inputs: undefined });

/**
 * The rows of several data sets of one kind, one after the other.
 *
 * @param parts - one or more, of the same shapes; whole numbers beside other numbers are numbers
 */
export function joinRows(parts: readonly Dataset[]): Dataset {
  const [first] = parts;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const areWhole = parts.every(({ labels }) => labels instanceof Uint32Array);
  const width = sizeOf(first.targetShape);
  const features = new Float32Array(rows * sizeOf(first.shape));
  const labels = areWhole ? new Uint32Array(rows) : new Float32Array(rows * width);
  const weights = parts.some((part) => part.weights) ? new Float32Array(rows).fill(1) : undefined;
  let row = 0;
  for (const part of parts) {
    features.set(part.features, row * sizeOf(first.shape));
    labels.set(part.labels, row * width);
    if (part.weights) weights!.set(part.weights, row);
    row += part.rows;
  }
  const kinds = kindOf(parts);
  const outputs = first.outputs?.map(({ name }, i) => ({ name, ...kindOf(parts.map((part) => part.outputs![i])) }));
  const shared = first.warnings.filter((text) => parts.every(({ warnings }) => warnings.includes(text)));
  const own = labelWarnings({ labels, ...kinds });
  const known = new Set(parts.flatMap((part) => labelWarnings(part)));
  return Dataset.own({
    ...first,
    ...{ rows, features, labels, weights, outputs, ...kinds },
    warnings: [...new Set([...own, ...shared.filter((text) => !known.has(text))])],
  });
}

type Kind = Omit<Targets, "labels">;

/** Kind of the labels of all parts: of whole numbers that with most classes, of others numbers. */
function kindOf(parts: readonly Kind[]): Kind {
  const numbers = parts.find(({ classes, targetShape }) => classes === undefined && targetShape.length > 0);
  const { labelKind, classes, classNames, targetShape } =
    numbers ?? parts.reduce((most, part) => (part.classes! > most.classes! ? part : most));
  return { labelKind, classes, classNames, targetShape };
}
