import type { StepFields } from "../compile/steps.js";
import type { Tensor } from "../graph/tensor.js";
import { Evaluator } from "./evaluator.js";
import { gradientsOf, type Weighted } from "./weighted.js";

/*
 * Finite differences in float64 of L = Σ weightᵢ yᵢ, where x is moved by h:
 *
 *   (L(x + h) - L(x - h)) / 2h = L'(x) + O(h²) + O(2^-53 |y| / h)
 *
 * Results that don't depend on x are left out of the sum and of its rounding, so that a large L hides no small slope. One
 * that depends on x may stay as it was too, because it is rounded: y = 1 of a softmax moves by less than 2^-53.
 */
/** A move, relative to the element, or to 1 where that is larger, under which results that depend on it change. */
const FAR = 64;
/** Roundings that a result of the graph may carry in float64. */
const ROUNDING = 16 * 2 ** -53;

/** Slopes of L on the left of x, over it and on its right. */
export interface Slopes {
  left: number;
  central: number;
  right: number;
  /** Largest error of the central slope by rounding. */
  rounding: number;
}

/** L and its derived gradients over the same values, each evaluated by a graph of its own. */
export class Differences {
  /** dL/dx by the ops' rules, for each variable x. */
  readonly derived: ReadonlyMap<Tensor, Float64Array>;
  readonly #forward: Evaluator;
  readonly #backward: Evaluator;
  readonly #gradients: ReadonlyMap<Tensor, Tensor>;
  /** y at the given values. */
  readonly #unmoved: Float64Array;
  /** Elements of y that depend on an element of a variable, by its place. */
  readonly #dependent = new Map<Tensor, Map<number, Uint8Array>>();
  /** Evaluations of the tensors that depend on a variable. */
  readonly #runs: ReadonlyMap<Tensor, () => void>;
  /** The variable that was moved when the forward graph was last evaluated, if one was. */
  #moved: Tensor | undefined;

  /** @throws ArgumentError when there is no gradient by one of the variables */
  constructor(
    private readonly weighted: Weighted,
    by: readonly Tensor[],
    values: ReadonlyMap<Tensor, ArrayLike<number>>,
    private readonly step: StepFields,
  ) {
    const gradients = gradientsOf(weighted, by);
    this.#gradients = new Map(by.map((variable, i) => [variable, gradients[i]]));
    this.#forward = new Evaluator([weighted.y]);
    this.#backward = new Evaluator(gradients);
    for (const evaluator of [this.#forward, this.#backward]) {
      evaluator.set(values);
      evaluator.run(step);
    }
    this.derived = new Map(
      by.map((variable, i) => [variable, this.#backward.of(gradients[i]).slice() as Float64Array]),
    );
    this.#runs = new Map(by.map((variable) => [variable, this.#forward.runAfter(variable, step)]));
    this.#unmoved = this.valuesOf(weighted.y);
  }

  /** Values of a tensor on the way to y, at the given values of the variables. */
  valuesOf(tensor: Tensor): Float64Array {
    this.#moveBack();
    return Float64Array.from(this.#forward.of(tensor));
  }

  /** The value of a variable's element at which its gradient is checked. */
  valueAt(variable: Tensor, place: number): number {
    return this.#forward.of(variable)[place];
  }

  /** dL/dx of one element by the ops' rules, after that element is moved by `shift`. */
  derivedNearby(variable: Tensor, place: number, shift: number): number {
    const x = this.#backward.of(variable);
    const here = x[place];
    x[place] = here + shift;
    this.#backward.run(this.step);
    const slope = this.#backward.of(this.#gradients.get(variable)!)[place];
    x[place] = here;
    return slope;
  }

  /** Slopes at one element over a step of `h`, after it is moved by `shift`. */
  slopes(variable: Tensor, place: number, h: number, shift = 0): Slopes {
    const here = this.valueAt(variable, place) + shift;
    const [low, high] = [here - h, here + h];
    const middle = shift === 0 ? this.#unmoved : this.#resultsAt(variable, place, here);
    const below = this.#resultsAt(variable, place, low);
    const above = this.#resultsAt(variable, place, high);
    const { weights } = this.weighted;
    let changing: Uint8Array | undefined;
    let [down, up, both, magnitude] = [0, 0, 0, 0];
    for (let i = 0; i < weights.length; i++) {
      if (below[i] === above[i] && below[i] === middle[i]) {
        if (middle[i] === 0) continue;
        changing ??= this.#dependents(variable, place);
        if (!changing[i]) continue;
      }
      down += weights[i] * (middle[i] - below[i]);
      up += weights[i] * (above[i] - middle[i]);
      both += weights[i] * (above[i] - below[i]);
      magnitude += Math.abs(weights[i]) * (Math.abs(above[i]) + Math.abs(below[i]));
    }
    return {
      left: down / (here - low),
      central: both / (high - low),
      right: up / (high - here),
      rounding: (ROUNDING * magnitude) / (high - low),
    };
  }

  /** Elements of y that depend on an element of a variable: 1 for each that changes when it is moved far. */
  #dependents(variable: Tensor, place: number): Uint8Array {
    const known = this.#dependent.get(variable) ?? new Map<number, Uint8Array>();
    this.#dependent.set(variable, known);
    let dependent = known.get(place);
    if (!dependent) {
      const here = this.valueAt(variable, place);
      const far = FAR * Math.max(1, Math.abs(here));
      const [below, above] = [here - far, here + far].map((value) => this.#resultsAt(variable, place, value));
      dependent = Uint8Array.from(below, (y, i) => Number(y !== this.#unmoved[i] || above[i] !== this.#unmoved[i]));
      known.set(place, dependent);
    }
    return dependent;
  }

  /** y with another value of one element of a variable. */
  #resultsAt(variable: Tensor, place: number, value: number): Float64Array {
    if (variable !== this.#moved) this.#moveBack(); // tensors that depend on the other variable alone
    this.#moved = variable;
    const x = this.#forward.of(variable);
    const here = x[place];
    x[place] = value;
    this.#runs.get(variable)!();
    const results = Float64Array.from(this.#forward.of(this.weighted.y)); // before x goes back: y may be a view of it
    x[place] = here;
    return results;
  }

  #moveBack(): void {
    if (this.#moved) this.#runs.get(this.#moved)!();
    this.#moved = undefined;
  }
}
