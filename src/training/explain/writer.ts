import { isConstant, isVariable, type Tensor } from "../../graph/tensor.js";
import { viewBase } from "../../graph/views.js";
import type { ElementWriter } from "./formula.js";
import { formulaOf } from "./formulas.js";
import type { NamedTensor } from "./names.js";
import type { Trace } from "./trace.js";
import type { ValuesOf } from "./work.js";
import { atom, call, derivative, literal, product, sum, value, type Written } from "./written.js";

/** Longer constants are written as dots. */
const MOST_LISTED = 8;

/** Writes what tensors are made of, down to those that have names. */
export class Writer {
  readonly #named = new Map<Tensor, NamedTensor[]>();
  readonly #places: ReadonlyMap<NamedTensor, number>;
  readonly #at: ElementWriter;
  /** The one that is being defined. */
  #defined: NamedTensor | undefined;

  constructor(
    named: readonly NamedTensor[],
    private readonly trace: Trace,
    private readonly valuesOf: ValuesOf,
  ) {
    this.#places = new Map(named.map((each, place) => [each, place]));
    for (const each of named) {
      const base = viewBase(each.tensor);
      this.#named.set(base, [...(this.#named.get(base) ?? []), each]);
    }
    const number = (tensor: Tensor, index: number) => valuesOf(tensor)[index];
    this.#at = Object.assign((tensor: Tensor, index: number) => this.#element(tensor, index), { number });
  }

  /** A tensor by its symbol, or what it is made of. */
  whole = (tensor: Tensor): Written => {
    const base = viewBase(tensor);
    const symbol = this.#symbolOf(base);
    if (symbol === undefined) return this.#made(base);
    return symbol.startsWith("dL/d") ? derivative(symbol) : atom(symbol);
  };

  /** An element of a tensor by its number, or what it is made of. */
  get element(): ElementWriter {
    return this.#at;
  }

  /** The expression that a named tensor stands for. */
  definition(named: NamedTensor): Written {
    this.#defined = named;
    const written = this.#isFirst(named) ? this.#made(viewBase(named.tensor)) : this.whole(named.tensor);
    this.#defined = undefined;
    return written;
  }

  /** The same for one of its elements, in numbers. */
  elementDefinition(named: NamedTensor, index: number): Written {
    const base = viewBase(named.tensor);
    return this.#isFirst(named) ? this.#madeElement(base, index) : value(this.valuesOf(base)[index]);
  }

  #isFirst(named: NamedTensor): boolean {
    return this.#named.get(viewBase(named.tensor))![0] === named;
  }

  /**
   * A gradient that passes an op unchanged has several names. Equations take one that was told of before them: a letter
   * where there is one, else the first.
   */
  #symbolOf(base: Tensor): string | undefined {
    const [first, ...more] = this.#named.get(base) ?? [];
    const now = (this.#defined && this.#places.get(this.#defined)) ?? Number.POSITIVE_INFINITY;
    const known = [first, ...more].filter((each) => each && this.#places.get(each)! < now);
    return (known.find(({ symbol }) => !symbol.includes(".")) ?? first)?.symbol;
  }

  #element(tensor: Tensor, index: number): Written {
    const base = viewBase(tensor);
    return this.#named.has(base) ? value(this.valuesOf(base)[index]) : this.#madeElement(base, index);
  }

  #made(tensor: Tensor): Written {
    if (isConstant(tensor)) return listed(this.valuesOf(tensor));
    if (isVariable(tensor)) return atom(tensor.label);
    const { op, inputs, attributes } = tensor;
    if (op.lower) return this.whole(op.lower(inputs, attributes));
    const drawn = this.trace.draws.get(tensor.attributes);
    if (drawn && drawn !== tensor) {
      const [x, draw] = [this.whole(inputs[0]), this.whole(drawn)];
      return op.name === "dropout" ? product(x, draw, "⊙") : sum(x, draw);
    }
    return formulaOf(op)?.whole(tensor, this.whole) ?? call(op.name, ...inputs.map(this.whole));
  }

  #madeElement(tensor: Tensor, index: number): Written {
    if (isConstant(tensor)) return literal(this.valuesOf(tensor)[index]);
    const { op, inputs, attributes } = tensor;
    if (op.lower) return this.#element(op.lower(inputs, attributes), index);
    const drawn = this.trace.draws.get(tensor.attributes);
    if (drawn && drawn !== tensor) {
      const [x, draw] = [this.#at(inputs[0], index), this.#at(drawn, index)];
      return op.name === "dropout" ? product(x, draw) : sum(x, draw);
    }
    return formulaOf(op)?.element(tensor, index, this.#at) ?? value(this.valuesOf(tensor)[index]);
  }
}

function listed(values: ArrayLike<number>): Written {
  const numbers = Array.from(values);
  if (numbers.every((each) => each === numbers[0])) return literal(numbers[0]);
  return atom(numbers.length > MOST_LISTED ? "[...]" : `[${numbers.join(" ")}]`);
}
