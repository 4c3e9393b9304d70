import type { Values } from "../../core/dtype.js";
import { ArgumentError } from "../../core/errors.js";
import { formatShape, type Shape, stridesOf } from "../../core/shape.js";
import { type FormatOptions, formatExplanation } from "./format.js";
import type { Section } from "./names.js";
import { digits } from "./written.js";

interface StepParts {
  name: string;
  symbol: string;
  section: Section;
  shape: Shape;
  values: Values;
  formula?: string;
  where?: string;
  elementFormula?: (index: number) => string;
}

/** One quantity of a training step: its name, where it comes from, and its numbers. */
export class ExplainedStep {
  /** "dense.preactivation"; see `Explanation`. */
  readonly name: string;
  /** As equations call it: "z1". */
  readonly symbol: string;
  /** Where it belongs: "given", "forward", "loss", "backward" or "update". */
  readonly section: Section;
  readonly shape: Shape;
  /** [...shape], row-major; class indices as integers. */
  readonly values: Values;
  /** "z1 = x · W1 + b1"; absent for what the step is given. */
  readonly equation: string | undefined;
  /** Derivations of the equation's numbers that change from step to step: "0.1 = 0.01 / (1 - 0.9^1)". */
  readonly where: string | undefined;
  readonly #elementFormula: StepParts["elementFormula"];

  /** @internal */
  constructor({ name, symbol, section, shape, values, formula, where, elementFormula }: StepParts) {
    this.name = name;
    this.symbol = symbol;
    this.section = section;
    this.shape = shape;
    this.values = values;
    this.equation = formula === undefined ? undefined : `${symbol} = ${formula}`;
    this.where = where;
    this.#elementFormula = elementFormula;
  }

  /**
   * One element worked out: `worked(4, 1)` gives "z1[4,1] = 1 * 0.37454 + 1 * 0.731994 + 0.156019 = 1.26255". Numbers have
   * six digits; a sum of many terms is cut.
   *
   * @param place - its place along each axis, from 1, as textbooks count
   * @throws ArgumentError when there is no such element
   */
  worked(...place: number[]): string {
    const fits =
      place.length === this.shape.length &&
      place.every((at, axis) => Number.isInteger(at) && at >= 1 && at <= this.shape[axis]);
    if (!fits) {
      throw new ArgumentError(
        `worked: ${this.name} is ${formatShape(this.shape)}; give a place from 1 for each axis, got (${place.join(", ")}).`,
      );
    }
    const index = stridesOf(this.shape).reduce((sum, stride, axis) => sum + stride * (place[axis] - 1), 0);
    const name = place.length === 0 ? this.symbol : `${this.symbol}[${place.join(",")}]`;
    const result = digits(this.values[index]);
    const formula = this.#elementFormula?.(index) ?? result;
    return formula === result ? `${name} = ${result}` : `${name} = ${formula} = ${result}`;
  }
}

/** Facts of the step as a whole, given by `Trainer.explainStep`. */
interface Whole {
  rows: number;
  step: number;
  learningRate: number;
  optimizer: string;
}

/**
 * A training step as it would be worked by hand: every quantity in the order in which it is worked out. Their names:
 *
 * - `features`, `targets` (`features.image`, `targets.digit` of several inputs and outputs), and `weights` where rows have them; parameters by their own: `dense.weight`
 * - of the layer `dense`: `dense.preactivation` (inputs times weight plus bias), `dense.activation` (what it puts out
 *   after that); of a layer without preactivation `dropout.output`; of dropout `dropout.mask`, of noise `gaussianNoise.noise`; all else by its op, as
 *   `residual.tanh`
 * - `loss.rows`, the loss of each row, and `loss` (of several outputs `loss.digit.rows`, `loss.digit`, and `loss`, their weighted sum); a long formula on the way there op by op, as `loss.clamp`
 * - `NAME.gradient`, the loss's gradient for any of these: `dense.weight.gradient`
 * - of each state that the step changes, as batch norm's `batchNorm.mean`: its value before, and `.next` after the step
 * - of each parameter: `.gradientAfterRules` where gradient rules change it (and `gradients.OP`, what these share), the
 *   optimizer's state `.velocity`, `.m`, `.v`, ... and after the step `.m.next`, ...; `.change`, what is added to it;
 *   `.next`, its new value
 *
 * A second one of the same name is `NAME_1`.
 */
export class Explanation implements Whole {
  /** Rows of the batch. */
  readonly rows: number;
  /** Number of the training step, from 1. */
  readonly step: number;
  /** Learning rate of the step, after the schedule. */
  readonly learningRate: number;
  /** Name of the optimizer: "sgd". */
  readonly optimizer: string;

  /** @internal */
  constructor(
    whole: Whole,
    readonly steps: readonly ExplainedStep[],
  ) {
    this.rows = whole.rows;
    this.step = whole.step;
    this.learningRate = whole.learningRate;
    this.optimizer = whole.optimizer;
  }

  /** The mean loss of the rows, before the step. */
  get loss(): number {
    return this.get("loss").values[0];
  }

  /** @throws ArgumentError listing the names when there is no such one */
  get(name: string): ExplainedStep {
    const found = this.steps.find((step) => step.name === name);
    if (found) return found;
    const names = this.steps.map((step) => step.name).join(", ");
    throw new ArgumentError(`explainStep: there is no ${JSON.stringify(name)}; there are ${names}.`);
  }

  /**
   * One element of a quantity worked out: in the row with the most features that aren't 0, which so is followed through
   * the network, and of what has no rows in the first; there the first element, or the largest where that is 0. What
   * belongs to a parameter is worked out where its gradient is.
   */
  example(step: ExplainedStep): string {
    const parameter = this.#parameters().find((name) => step.name.startsWith(`${name}.`));
    const { values, shape } = parameter === undefined ? step : this.get(`${parameter}.gradient`);
    if (shape.length === 0) return step.worked();
    const isPerRow = parameter === undefined && step.section !== "update" && shape[0] === this.rows;
    const [from, to] = isPerRow ? this.#fullestRow(values.length / this.rows) : [0, values.length];
    let index = from;
    for (let i = from; values[from] === 0 && i < to; i++) if (Math.abs(values[i]) > Math.abs(values[index])) index = i;
    return step.worked(...stridesOf(shape).map((stride, axis) => (Math.floor(index / stride) % shape[axis]) + 1));
  }

  #parameters(): string[] {
    return this.steps
      .filter(({ name }) => name.endsWith(".change"))
      .map(({ name }) => name.slice(0, -".change".length));
  }

  /** Where its elements begin and end in a tensor with so many a row. */
  #fullestRow(elements: number): [from: number, to: number] {
    const features = this.steps.filter(({ name, section }) => section === "given" && /^features(\.|$)/.test(name));
    const fullness = (row: number) =>
      features.reduce((count, { values }) => {
        const size = values.length / this.rows;
        return count + values.subarray(row * size, (row + 1) * size).filter((value) => value !== 0).length;
      }, 0);
    const counts = Array.from({ length: this.rows }, (_, row) => fullness(row));
    const row = counts.indexOf(Math.max(...counts));
    return [row * elements, (row + 1) * elements];
  }

  /** Equation beside numbers, for people; large tensors are cut. @param options.width - of a line; 80 */
  format(options: FormatOptions = {}): string {
    return formatExplanation(this, options);
  }

  toString(): string {
    return this.format();
  }
}
