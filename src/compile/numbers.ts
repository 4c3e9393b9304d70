import type { Values } from "../core/dtype.js";
import { dropoutWords, NOISE_DEVIATION } from "../core/random.js";
import { type Attributes, type Op, registry } from "../graph/op.js";
import { MAX_HYPERPARAMETERS, type UpdateAttributes } from "../ops/update.js";
import {
  type ChainOp,
  type ChainOperand,
  type Launch,
  type Plan,
  type PlanNumber,
  type PlannedBuffer,
  type Result,
  smoothingShares,
} from "./plan.js";
import { sameValue } from "./same-graph.js";

/** The words by which a kernel is told an attribute that is a plain number: nothing else of a plan follows from it. */
type WordsOf = (value: number, launch?: Launch) => readonly number[];

const itself: WordsOf = (value) => [value];

/** Of labels that are smoothed. @param logits - number of the launch's input that has the classes */
const sharesOf =
  (logits: number): WordsOf =>
  (smoothing, launch) =>
    smoothingShares(smoothing, launch!.inputs[logits].shape.at(-1)!);

/** Attributes that are plain numbers, by their ops. Arguments of scalar functions are such numbers, too. */
const SETTINGS: Readonly<Record<string, readonly [attribute: string, words: WordsOf]>> = {
  dropout: ["rate", dropoutWords],
  noise: ["deviation", (deviation) => [deviation / NOISE_DEVIATION]],
  softmaxCrossEntropy: ["smoothing", sharesOf(0)],
  softmaxCrossEntropyGradient: ["smoothing", sharesOf(0)],
  fusedSoftmaxCrossEntropy: ["smoothing", sharesOf(1)],
};

/** Attributes of an op that are plain numbers, of which nothing but words of its kernels follows. */
export const numberNames = ({ name, lower, scalar }: Op): readonly string[] =>
  lower ? [] : Object.hasOwn(SETTINGS, name) ? [SETTINGS[name][0]] : (scalar?.numbers ?? []);

/** Numbers of a graph or a plan: an attribute, an operand, or the values of a constant. */
export type Numbers = number | Values;

/** The substitute for a number: another number, and places of words in the step's record where it comes from there. */
interface Replaced {
  number: number;
  words?: readonly number[];
}

/** Substitutes for a plan's numbers, and for the values of its constants. */
interface Change {
  /** @param words - those that the number's kernels take */
  number(number: number, words: WordsOf): Replaced;
  values(values: Values): { values: Values; own?: boolean };
}

/** A copy of a plan with its numbers replaced. What is asked for comes in one order for plans that differ in numbers alone. */
function mapNumbers(plan: Plan, change: Change): Plan {
  const attributesOf = (op: string, attributes: Attributes, launch?: Launch): Attributes => {
    if (!Object.hasOwn(SETTINGS, op)) {
      // Arguments of a scalar function stand among operands as well, where kernels read them.
      const names = registry.get(op)?.scalar?.numbers ?? [];
      const own = names.map((name) => [name, change.number(attributes[name] as number, itself).number] as const);
      return own.length > 0 ? { ...attributes, ...Object.fromEntries(own) } : attributes;
    }
    const [name, words] = SETTINGS[op];
    const changed = change.number(attributes[name] as number, (value) => words(value, launch));
    const { number, words: places } = changed;
    return { ...attributes, [name]: number, ...(places && { words: places.map((word): PlanNumber => ({ word })) }) };
  };
  const scalarOf = (given: PlanNumber): PlanNumber => {
    const { number, words } = change.number(given as number, itself);
    return words ? { word: words[0] } : number;
  };
  const operandOf = (operand: ChainOperand): ChainOperand => {
    if (!("number" in operand)) return operand;
    return { number: scalarOf(operand.number) };
  };
  const chainOp = (each: ChainOp): ChainOp => ({
    ...each,
    attributes: attributesOf(each.op, each.attributes),
    operands: each.operands.map(operandOf),
  });
  const resultOf = (result: Result): Result => ({ ...result, chain: result.chain.map(chainOp) });
  const launchOf = (launch: Launch): Launch => {
    const numbers = launch.numbers?.map(scalarOf);
    return {
      ...launch,
      attributes: attributesOf(launch.op, launch.attributes, launch),
      ...(numbers && { numbers }),
      ...(launch.results && { results: launch.results.map(resultOf) }),
    };
  };
  const bufferOf = (buffer: PlannedBuffer): PlannedBuffer => {
    return buffer.kind === "constant" ? { ...buffer, ...change.values(buffer.values) } : buffer;
  };
  return { ...plan, buffers: plan.buffers.map(bufferOf), launches: plan.launches.map(launchOf) };
}

/** A plan taken apart: all that isn't a number, and its numbers in order. */
interface PlanParts {
  frame: Plan;
  numbers: readonly Numbers[];
}

const NO_VALUES = new Uint32Array(0);

const partsOf = new WeakMap<Plan, PlanParts>();

function takeApart(plan: Plan): PlanParts {
  const known = partsOf.get(plan);
  if (known) return known;
  const numbers: Numbers[] = [];
  const frame = mapNumbers(plan, {
    number(number) {
      numbers.push(number);
      return { number: 0 };
    },
    values(values) {
      numbers.push(values);
      return { values: NO_VALUES };
    },
  });
  const parts = { frame, numbers };
  partsOf.set(plan, parts);
  return parts;
}

/**
 * The plan with a graph's numbers in their places.
 *
 * @param template - a plan with places, { place }, in the place of numbers
 * @param numbers - of the graph, by their places
 */
export function withNumbers(template: Plan, numbers: readonly Numbers[]): Plan {
  const own: Numbers[] = [];
  const found = (given: unknown) =>
    typeof given === "object" && "place" in given! ? numbers[given.place as number] : (given as Numbers);
  const plan = mapNumbers(template, {
    number(given) {
      const known = found(given);
      const number = typeof known === "number" ? known : known[0]; // of a constant of one element
      own.push(number);
      return { number };
    },
    values(given) {
      const values = found(given) as Values;
      own.push(values);
      return { values };
    },
  });
  partsOf.set(plan, { frame: takeApart(template).frame, numbers: own });
  return plan;
}

/** Whether a plan has a frame; it then keeps this one, by which it is known at once. */
function sameFrame(frame: Plan, plan: Plan): boolean {
  const parts = takeApart(plan);
  if (!sameValue(frame, parts.frame)) return false;
  parts.frame = frame;
  return true;
}

/** Whether two plans are the same, their numbers too. */
export function samePlan(a: Plan, b: Plan): boolean {
  if (a === b) return true;
  const [left, right] = [takeApart(a), takeApart(b)];
  return sameValue(left.numbers, right.numbers) && sameValue(left.frame, right.frame);
}

/**
 * Puts plans into groups for which there is one plan (see `sharedPlan`).
 *
 * @returns places of the plans, group by group, in their order
 */
export function shareable(plans: readonly Plan[]): number[][] {
  const frames: { frame: Plan; places: number[] }[] = [];
  for (const [place, plan] of plans.entries()) {
    const { frame } = takeApart(plan);
    const known = frames.find((each) => sameFrame(each.frame, plan));
    if (known) known.places.push(place);
    else frames.push({ frame, places: [place] });
  }
  return frames.flatMap(({ places }) => {
    if (sharedPlan(places.map((place) => plans[place]))) return [places];
    // More numbers differ than a record has room for.
    const alike: number[][] = [];
    for (const place of places) {
      const known = alike.find(([first]) => samePlan(plans[first], plans[place]));
      if (known) known.push(place);
      else alike.push([place]);
    }
    return alike;
  });
}

/** Words of the step's record that updates leave free begin here. */
function firstFreeWord({ launches }: Plan): number {
  const updates = launches.flatMap(({ op, attributes, results = [] }) => [
    ...(op === "update" ? [attributes] : []),
    ...results.flatMap(({ chain }) => chain.filter((each) => each.op === "update").map((each) => each.attributes)),
  ]) as UpdateAttributes[];
  return Math.max(0, ...updates.map(({ first, rule }) => first + rule.hyperparameters.length));
}

/** One plan for models whose own plans differ in numbers alone. */
export interface SharedPlan {
  /** With places of the step's record where numbers differ, and the values of all models where constants do. */
  plan: Plan;
  /** The place of the first word in the list of hyperparameters, and for each of the models the words that follow. */
  first: number;
  words: readonly Float32Array[];
}

/**
 * One plan for several models, numbers that differ being read from the step's record.
 *
 * @param plans - of the models, in their order
 * @returns undefined where the plans differ in more than numbers, or in more of them than a record has room for
 */
export function sharedPlan(plans: readonly Plan[]): SharedPlan | undefined {
  const [first] = plans;
  if (plans.every((plan) => plan === first)) return { plan: first, first: 0, words: [] };
  const { frame, numbers } = takeApart(first);
  const different = [...new Set(plans)].slice(1);
  if (!different.every((plan) => sameFrame(frame, plan))) return undefined;
  const others = different.map(takeApart);
  if (others.some((other) => other.numbers.length !== numbers.length)) return undefined;
  const all = plans.map((plan) => takeApart(plan).numbers);
  const isShared = numbers.map((number, place) => others.every((other) => sameValue(other.numbers[place], number)));
  const room = MAX_HYPERPARAMETERS - firstFreeWord(first);
  const words: number[][] = plans.map(() => []);
  const taken = new Map<string, number[]>(); // models have the same rate for a dropout and its gradient
  let place = -1;
  const plan = mapNumbers(first, {
    number(number, wordsOf) {
      place++;
      if (isShared[place]) return { number };
      const given = all.map((own) => wordsOf(own[place] as number));
      const key = JSON.stringify(given.map((each) => [...new Uint32Array(new Float32Array(each).buffer)]));
      const known = taken.get(key);
      if (known) return { number, words: known };
      const at = given[0].map((_, i) => MAX_HYPERPARAMETERS - room + words[0].length + i);
      for (const [model, each] of given.entries()) words[model].push(...each);
      taken.set(key, at);
      return { number, words: at };
    },
    values(values) {
      place++;
      return isShared[place] ? { values } : { values: joined(all.map((own) => own[place] as Values)), own: true };
    },
  });
  if (words[0].length > room) return undefined;
  return { plan, first: MAX_HYPERPARAMETERS - room, words: words.map((each) => new Float32Array(each)) };
}

function joined(all: readonly Values[]): Values {
  const [first] = all;
  const result =
    first instanceof Float32Array
      ? new Float32Array(first.length * all.length)
      : new Uint32Array(first.length * all.length);
  all.forEach((values, i) => {
    result.set(values, i * first.length);
  });
  return result;
}
