import type { Asked } from "./asked.js";
import type { Histogram, LayerHealth } from "./questions.js";
import { outlinesOf } from "./weights.js";

/** Rows of the step that is looked at, and the bars of a histogram. */
const ROWS = 64;
const BARS = 24;

const rootMeanSquare = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum / values.length);
};

/** Of values that have grown beyond all numbers, those that haven't. */
function histogramOf(values: ArrayLike<number>): Histogram {
  const finite = Array.from(values).filter(Number.isFinite);
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of finite) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const counts = new Array<number>(BARS).fill(0);
  const width = (highest - lowest) / BARS || 1;
  for (const value of finite) counts[Math.min(BARS - 1, Math.floor((value - lowest) / width))]++;
  return { lowest, highest, counts };
}

/** Neurons whose column of [rows, units] holds one value only. */
function deadUnits(values: ArrayLike<number>, units: number): number {
  let dead = 0;
  for (let unit = 0; unit < units; unit++) {
    let isSame = true;
    for (let i = unit; i < values.length && isSame; i += units) isSame = values[i] === values[unit];
    if (isSame) dead++;
  }
  return dead;
}

/** Sizes of weights and gradients of each layer, by the next step on some rows to learn from. */
export async function healthOf({ built, parts }: Asked): Promise<LayerHealth[]> {
  const { train } = parts;
  const rows = Array.from({ length: Math.min(ROWS, train.rows) }, (_, row) => row);
  const step = await built.trainer.explainStep(train.take(rows));
  const find = (name: string) => step.steps.find((each) => each.name === name);
  return outlinesOf(built.model).map(({ name, units }) => {
    const [weight, gradient] = [step.get(`${name}.weight`).values, step.get(`${name}.weight.gradient`).values];
    const outputs = (find(`${name}.activation`) ?? find(`${name}.preactivation`))?.values ?? [];
    return {
      name,
      weights: rootMeanSquare(weight),
      gradients: rootMeanSquare(gradient),
      gradientHistogram: histogramOf(gradient),
      histogram: histogramOf(weight),
      units,
      dead: deadUnits(outputs, units),
    };
  });
}
