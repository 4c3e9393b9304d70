import type { Explanation } from "neuromotor";
import type { Asked } from "./asked.js";
import { build } from "./build.js";
import { sideOf } from "./layers.js";
import type { ChosenNumber, ChosenRows, Quantity, SlopeCheck, StepView } from "./questions.js";
import { weightedNames } from "./weights.js";

/** The most numbers that are shown of a quantity, along and down. */
const COLUMNS = 10;
const ROWS = 10;
/** The most images. */
const PICTURES = 4;
/** The way that a parameter is moved to measure a slope: small beside weights, large beside what float32 rounds off. */
const NUDGE = 0.01;

/** The step that was shown last. */
let shown: Explanation | undefined;

function batchOf({ parts: { train } }: Asked, { first, count }: ChosenRows) {
  const from = Math.min(first - 1, train.rows - 1);
  return train.take(Array.from({ length: Math.min(count, train.rows - from) }, (_, i) => from + i));
}

/** The next training step on chosen rows: every quantity with its equation and first numbers. */
export async function stepOf(asked: Asked, rows: ChosenRows): Promise<StepView> {
  const { trainer, model } = asked.built;
  const explained = await trainer.explainStep(batchOf(asked, rows));
  shown = explained;
  const known = model.outline.map(({ name }) => name);
  const withWeights = weightedNames(model);
  /** The layer with weights that a layer follows or is. */
  const layerOf = (name: string): number | undefined => {
    const at = known.indexOf(name.split(".")[0]);
    if (at < 0) return name.startsWith("loss") || name === "targets" ? withWeights.length - 1 : undefined;
    return Math.max(0, known.slice(0, at + 1).filter((each) => withWeights.includes(each)).length - 1);
  };
  const quantities = explained.steps.map(({ name, symbol, section, shape, values, equation, where }): Quantity => {
    const columns = shape.findLast((size) => size > 1) ?? 1;
    const rowsOfTable = values.length / columns;
    return {
      ...{ name, symbol, section, shape, equation, where, columns },
      layer: layerOf(name),
      rows: rowsOfTable,
      pictures: picturesOf(shape, values),
      table: Array.from({ length: Math.min(ROWS, rowsOfTable) }, (_, row) => [
        ...values.subarray(row * columns, row * columns + Math.min(COLUMNS, columns)),
      ]),
    };
  });
  return { rows: explained.rows, step: explained.step, loss: explained.loss, quantities };
}

/** The first rows, or the first channels of a row, as square images; none where they aren't such. */
function picturesOf(shape: readonly number[], values: ArrayLike<number>): number[][] {
  const [rows, height, width, channels = 1] = shape;
  const side = shape.length > 2 ? (height === width ? height : undefined) : sideOf([height ?? 1]);
  if (side === undefined || side < 4) return [];
  const size = side * side;
  const [images, step] = channels > 1 && shape.length > 3 ? [channels, channels] : [rows, 1];
  return Array.from({ length: Math.min(PICTURES, images) }, (_, image) =>
    Array.from({ length: size }, (_, i) => values[i * step + (step > 1 ? image : image * size)]),
  );
}

/** One number of the step that was shown last, worked out. */
export async function worked(_: Asked, { name, at }: ChosenNumber): Promise<string> {
  const quantity = shown!.get(name);
  let rest = at;
  const place = [...quantity.shape].reverse().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index + 1;
  });
  return quantity.worked(...place.reverse());
}

/** A parameter's gradient beside the slope of the loss: of a copy of the training, the parameter moved up and down. */
export async function check(asked: Asked, { name, at, ...rows }: ChosenRows & ChosenNumber): Promise<SlopeCheck> {
  const parameter = name.replace(/\.gradient$/, "");
  const batch = batchOf(asked, rows);
  const snapshot = await asked.built.trainer.snapshot();
  const copy = await build(asked.settings, asked.parts, asked.device, asked.built.files);
  try {
    await copy.trainer.restore(snapshot);
    const explained = await copy.trainer.explainStep(batch);
    const lossWith = async (nudge: number) => {
      const values = Float32Array.from(snapshot.parameters.get(parameter)!.values);
      values[at] += nudge;
      copy.model.setParameters(new Map([[parameter, { values }]]));
      return (await copy.trainer.explainStep(batch)).loss;
    };
    const [above, below] = [await lossWith(NUDGE), await lossWith(-NUDGE)];
    const gradient = explained.get(name).values[at];
    return { gradient, by: NUDGE, above, below, slope: (above - below) / (2 * NUDGE) };
  } finally {
    copy.trainer.dispose();
  }
}
