import { sizeOf } from "../core/shape.js";
import type { Model } from "../model/model.js";

/** Features further out of the training data's range than this many times its width are named. */
const FAR = 3;
const MOST_NAMED = 5;
const LONGEST_NAME = 40;

/** Places of a row that hold ids, of which none is far from another. */
function idPlaces({ inputs }: Pick<Model, "inputs">): boolean[] {
  return inputs.flatMap(({ shape, dtype }) => new Array<boolean>(sizeOf(shape)).fill(dtype === "u32"));
}

/**
 * Sentences on features far outside the range of the training data: for such rows predictions mean little.
 *
 * @param features - [rows, ...input]
 * @param names - one for each number of a row, where they have any
 */
export function farInputs(
  { inputs, input, inputRange }: Pick<Model, "inputs" | "input" | "inputRange">,
  features: Float32Array,
  names?: readonly string[],
): string[] {
  if (!inputRange) return ["Nothing is known of the features that the model was trained on."];
  const size = sizeOf(input);
  const areIds = idPlaces({ inputs });
  const { low, high } = inputRange;
  const isOne = low.length === 1 && size > 1;
  const far = new Map<number, { value: number; rows: number }>();
  for (let i = 0; i < features.length; i++) {
    if (areIds[i % size]) continue;
    const column = isOne ? 0 : i % size;
    const reach = (high[column] - low[column]) * FAR;
    if (features[i] >= low[column] - reach && features[i] <= high[column] + reach) continue;
    const found = far.get(column);
    if (found) found.rows++;
    else far.set(column, { value: features[i], rows: 1 });
  }
  if (far.size === 0) return [];
  const named = [...far].slice(0, MOST_NAMED).map(([column, { value, rows }]) => {
    const range = `${low[column]} to ${high[column]} in training`;
    const name = names ? JSON.stringify(names[column].slice(0, LONGEST_NAME)) : `feature ${column}`;
    return isOne
      ? `${rows} numbers, such as ${value} (${range})`
      : `${name} is ${value} in ${rows === 1 ? "a row" : `${rows} rows`} (${range})`;
  });
  const more = far.size > MOST_NAMED ? `, and ${far.size - MOST_NAMED} more features` : "";
  return [`Features lie far outside the training data: ${named.join(", ")}${more}. Are they scaled in the same way?`];
}
