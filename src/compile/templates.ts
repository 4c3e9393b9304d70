import { ancestors, isConstant, isVariable, type Tensor } from "../graph/tensor.js";
import { type CompileOptions, compile } from "./compile.js";
import type { Compiling, Kept } from "./kept-plans.js";
import { type Numbers, numberNames, withNumbers } from "./numbers.js";
import type { Plan } from "./plan.js";
import { copyOf } from "./rewrite.js";
import { type Listed, listed, sameGraph, sameValue } from "./same-graph.js";

/** The most graphs that are kept for a device, and the most tensors and elements of constants in all of them. */
const MOST_GRAPHS = 32;
const MOST_SIZE = 2 ** 20;
/** The most plans of one graph that are kept: as many as there are models of a group. */
const MOST_PLANS = 256;

/** A graph taken apart: with places for its numbers, which are in the order of these places. */
interface Parts {
  graph: Listed;
  numbers: readonly Numbers[];
}

/**
 * Takes the numbers out of a graph. An attribute's number that several ops have takes one place. Constants of one element
 * stay where an op reads them that is made of others: what it is made of may hang on them.
 */
export function takeNumbers(outputs: readonly Tensor[]): Parts {
  const all = ancestors(outputs);
  const kept = new Set(
    all.flatMap(({ op, inputs }) => (op.elementwise ? [] : inputs.filter(({ size }) => size === 1))),
  );
  const numbers: Numbers[] = [];
  const places = new Map<string, { place: number }>();
  const newPlace = (number: Numbers) => ({ place: numbers.push(number) - 1 });
  const placeOf = (name: string, number: number) => {
    const key = `${name} ${Object.is(number, -0) ? "-0" : number}`;
    const place = places.get(key) ?? newPlace(number);
    places.set(key, place);
    return place;
  };
  const made = new Map<Tensor, Tensor>();
  const of = (tensor: Tensor) => made.get(tensor) ?? tensor;
  for (const tensor of all) {
    const { op, attributes } = tensor;
    if (isConstant(tensor)) {
      if (!kept.has(tensor)) made.set(tensor, copyOf(tensor, [], { values: newPlace(attributes.values as Numbers) }));
    } else if (!isVariable(tensor)) {
      const own = numberNames(op).map((name) => [name, placeOf(name, attributes[name] as number)] as const);
      made.set(
        tensor,
        copyOf(
          tensor,
          tensor.inputs.map(of),
          own.length > 0 ? { ...attributes, ...Object.fromEntries(own) } : attributes,
        ),
      );
    }
  }
  return { graph: listed(outputs.map(of)), numbers };
}

/** A graph whose plans differ in their numbers alone: it is compiled once for all of them. */
export class Template {
  /** With places. */
  #template?: Plan;
  #plans: { numbers: readonly Numbers[]; plan: Plan }[] = [];

  /** @param plan - of the same graph with the parts' own numbers, where there is one already */
  constructor(
    private readonly label: string,
    private readonly parts: Parts,
    private readonly options: CompileOptions,
    plan?: Plan,
  ) {
    if (plan) this.#plans.push({ numbers: parts.numbers, plan });
  }

  /** Whether a graph is this one, but for its numbers. */
  fits({ graph }: Parts): boolean {
    return sameGraph(this.parts.graph, graph);
  }

  /** The plan with these numbers, the same one each time. */
  plan(numbers: readonly Numbers[]): Plan {
    const known = this.#plans.findLast((each) => sameNumbers(each.numbers, numbers));
    if (known) return known.plan;
    this.#template ??= compile(this.label, this.parts.graph.outputs, this.options);
    const plan = withNumbers(this.#template, numbers);
    this.#plans.push({ numbers, plan });
    if (this.#plans.length > MOST_PLANS) this.#plans.shift();
    return plan;
  }
}

/** Whether two lists are the same, to the bit; single numbers are looked at first, since they differ sooner. */
const sameNumbers = (a: readonly Numbers[], b: readonly Numbers[]): boolean =>
  a.every((number, i) => typeof number !== "number" || Object.is(number, b[i])) && sameValue(a, b);

/**
 * The plan of a graph, by the template of one that is kept or by its own, which is kept from now on.
 *
 * @param kept - those used last at the end; what was not used for long goes
 */
export async function planAmong(kept: Kept[], made: Kept, device: Compiling): Promise<Plan> {
  const { fused, whole: { fastest } = device } = device;
  const parts = takeNumbers(made.outputs);
  const templateOf = (each: Kept) => {
    each.template ??= new Template(each.label, takeNumbers(each.outputs), { fused }, each.plan);
    return each.template;
  };
  const find = () => kept.find((each) => each.label === made.label && templateOf(each).fits(parts));
  const measured =
    fastest && !find() ? await (await import("./fastest.js")).fastestPasses({ fused, fastest }, made) : fused;
  const found = find(); // another may have been measuring the same
  if (found) kept.splice(kept.indexOf(found), 1);
  else made.template = new Template(made.label, parts, { fused: measured });
  const entry = found ?? made;
  const plan = entry.template!.plan(parts.numbers);
  kept.push(entry);
  let size = kept.reduce((sum, each) => sum + sizeOf(each), 0);
  while (kept.length > MOST_GRAPHS || size > MOST_SIZE) size -= sizeOf(kept.shift()!);
  return plan;
}

function sizeOf(kept: Kept): number {
  kept.size ??= ancestors(kept.outputs).reduce((sum, each) => sum + 1 + (isConstant(each) ? each.size : 0), 0);
  return kept.size;
}
