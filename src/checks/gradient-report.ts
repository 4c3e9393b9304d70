import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import { formatTable } from "../core/table.js";
import type { CheckedElement, ElementVerdict } from "./elements.js";
import { formatCount, formatError, formatValue, indexAt } from "./text.js";

/** One element of a gradient, derived from the rules and by finite differences. */
export interface GradientElement {
  /** Name of the parameter or input, "dense.weight", "inputs[0]"; or of an activation of your own: "dense/cube", "cube". */
  name: string;
  /** One number for each axis. */
  index: readonly number[];
  /** Value of the element at which the gradient is taken. */
  value: number;
  /** By the gradient rules, in float64. */
  derived: number;
  /** By central differences, in float64. */
  numeric: number;
  /** |derived - numeric| */
  error: number;
  /** The largest error that isn't wrong. */
  limit: number;
  verdict: ElementVerdict;
  /** On a kink: the slopes to its left and right. */
  sides?: readonly [left: number, right: number];
}

/** The gradient by one parameter or input, or of one activation of the user's own, alone. */
export interface GradientPart {
  name: string;
  shape: Shape;
  /** Number of elements that were compared: all that were checked but those on kinks, which have no gradient. */
  checked: number;
  /** The element that is furthest off; on a kink only where all are. */
  worst: GradientElement;
  /** Elements on a kink or a jump. */
  kinks: readonly GradientElement[];
  verdict: ElementVerdict;
}

/** Result of `checkGradients`. Its text is a table, a line for each part. */
export class GradientReport {
  /** Whether something was compared, and nothing is wrong. */
  readonly ok: boolean;
  /** Number of elements that were compared. */
  readonly checked: number;
  /** The element that is furthest beyond its limit, or nearest to it; of the first activation whose own gradient is wrong, if one is. */
  readonly worst: GradientElement;
  /** The activation to which `worst` belongs, where it is wrong. */
  readonly #cause: GradientPart | undefined;

  /**
   * @param title - of the subject
   * @param causes - parts for activations alone: where one is wrong, so is every parameter before it
   * @param notFinite - the first tensor that was NaN or infinite, and where
   */
  constructor(
    private readonly title: string,
    readonly parts: readonly GradientPart[],
    causes: readonly GradientPart[],
    private readonly notFinite?: string,
  ) {
    const isWrong = ({ verdict }: GradientPart) => verdict === "wrong" || verdict === "not finite";
    this.checked = parts.reduce((sum, { checked }) => sum + checked, 0);
    this.ok = this.checked > 0 && notFinite === undefined && !parts.some(isWrong);
    const compared = parts.filter(({ checked }) => checked > 0);
    const candidates = [causes.filter(isWrong).slice(0, 1), parts.filter(isWrong), compared, parts];
    this.worst = worstElement(candidates.find(({ length }) => length > 0)!.map(({ worst }) => worst));
    this.#cause = causes.find(({ worst }) => worst === this.worst && !this.ok);
  }

  toString(): string {
    const all = this.parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const head =
      `Gradients of ${this.title}, against central differences in float64: ${this.ok ? "ok" : "NOT OK"}, ` +
      `${formatCount(this.checked)} of ${formatCount(all)} elements compared.`;
    const rows = this.parts.map(({ name, shape, checked, worst, verdict }) => [
      name,
      formatShape(shape),
      `${formatCount(checked)} of ${formatCount(sizeOf(shape))}`,
      checked > 0 ? formatError(worst.error) : "-",
      checked > 0 ? formatError(worst.limit) : "-",
      formatShape(worst.index),
      formatValue(worst.derived),
      formatValue(worst.numeric),
      verdict === "ok" ? verdict : verdict.toUpperCase(),
    ]);
    const heads = ["by", "shape", "compared", "largest error", "limit", "at", "derived", "numeric", ""];
    return [head, formatTable([heads, ...rows], [3, 4, 6, 7]), ...this.#remarks()].join("\n");
  }

  #remarks(): string[] {
    const { worst, notFinite } = this;
    const place = `${worst.name} ${formatShape(worst.index)}`;
    const kinks = this.parts.flatMap((part) => (part.kinks.length > 0 ? [remarkOnKinks(part)] : []));
    if (notFinite) return [`${notFinite}: there is nothing to compare behind it. Give inputs for which it is finite.`];
    if (this.ok) return kinks;
    if (worst.verdict === "kink") return [...kinks, "Nothing could be compared: give other inputs."];
    const at = `${place}, at the value ${formatValue(worst.value)}`;
    const found = `Worst: ${at}: derived ${formatValue(worst.derived)}, by differences ${formatValue(worst.numeric)}.`;
    const cause = "This activation's own gradient is wrong, and so is every gradient that passes through it.";
    return [found, ...(this.#cause ? [cause] : []), ...kinks];
  }
}

function remarkOnKinks({ name, kinks }: GradientPart): string {
  const [{ index, value, derived, sides }] = kinks;
  const [left, right] = sides!.map(formatValue);
  return (
    `${name}: ${formatCount(kinks.length)} on a kink, not compared. At ${formatShape(index)}, value ` +
    `${formatValue(value)}, the slope is ${left} on the left and ${right} on the right; derived ${formatValue(derived)}.`
  );
}

/** Error of an element in units of its limit; infinite for NaN. */
const excess = ({ error, limit }: { error: number; limit: number }) =>
  Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / limit;

const worstElement = <T extends { error: number; limit: number }>(elements: readonly T[]): T =>
  elements.reduce((worst, each) => (excess(each) > excess(worst) ? each : worst));

/** A part from its elements, one at least; `valueAt` tells what they were. */
export function partOf(
  name: string,
  shape: Shape,
  elements: readonly CheckedElement[],
  valueAt: (place: number) => number,
): GradientPart {
  const named = elements.map(
    ({ place, ...element }): GradientElement => ({
      name,
      index: indexAt(place, shape),
      value: valueAt(place),
      ...element,
    }),
  );
  const kinks = named.filter(({ verdict }) => verdict === "kink");
  const compared = named.filter(({ verdict }) => verdict !== "kink");
  const worst = worstElement(compared.length > 0 ? compared : kinks);
  return { name, shape, checked: compared.length, worst, kinks, verdict: worst.verdict };
}
