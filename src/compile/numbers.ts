import type { Values } from "../core/dtype.js";
import { dropoutWords, NOISE_DEVIATION } from "../core/random.js";
import { type Attributes, registry } from "../graph/op.js";
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

/** Numbers of a plan: an operand, an attribute, or the values of a constant. */
type Numbers = number | Values;

/** The substitute for a number: another number, and places of words in the step's record where it comes from there. */
interface Replaced {
  number: Numbers;
  words?: readonly number[];
}

/**
 * A copy of a plan with its numbers replaced. What is asked for comes in one order for plans that differ in numbers alone.
 *
 * @param change - of each number, and the words that its kernels take
 */
function mapNumbers(plan: Plan, change: (number: Numbers, words: WordsOf) => Replaced): Plan {
  const attributesOf = (op: string, attributes: Attributes, launch?: Launch): Attributes => {
    if (!Object.hasOwn(SETTINGS, op)) {
      // Arguments of a scalar function stand among operands as well, where kernels read them.
      const names = registry.get(op)?.scalar?.numbers ?? [];
      const own = names.map((name) => [name, change(attributes[name] as number, itself).number] as const);
      return own.length > 0 ? { ...attributes, ...Object.fromEntries(own) } : attributes;
    }
    const [name, words] = SETTINGS[op];
    const changed = change(attributes[name] as number, (value) => words(value, launch));
    const { number, words: places } = changed;
    return { ...attributes, [name]: number, ...(places && { words: places.map((word): PlanNumber => ({ word })) }) };
  };
  const scalarOf = (given: PlanNumber): PlanNumber => {
    const { number, words } = change(given as number, itself);
    return words ? { word: words[0] } : (number as number);
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
    if (buffer.kind !== "constant") return buffer;
    const { number, words } = change(buffer.values, () => []);
    return { ...buffer, values: number as Values, ...(words && { own: true }) };
  };
  return { ...plan, buffers: plan.buffers.map(bufferOf), launches: plan.launches.map(launchOf) };
}

/** A plan taken apart: all that isn't a number, and its numbers in order. */
interface PlanParts {
  frame: Plan;
  numbers: readonly Numbers[];
}

const partsOf = new WeakMap<Plan, PlanParts>();

function takeApart(plan: Plan): PlanParts {
  const known = partsOf.get(plan);
  if (known) return known;
  const numbers: Numbers[] = [];
  const frame = mapNumbers(plan, (number) => {
    numbers.push(number);
    return { number: 0 };
  });
  const parts = { frame, numbers };
  partsOf.set(plan, parts);
  return parts;
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
 * Puts plans into groups for which there is one plan (see \`sharedPlan\`).
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
  const plan = mapNumbers(first, (number, wordsOf) => {
    place++;
    if (isShared[place]) return { number };
    if (typeof number !== "number") return { number: joined(all.map((own) => own[place] as Values)), words: [] };
    const given = all.map((own) => wordsOf(own[place] as number));
    const key = JSON.stringify(given.map((each) => [...new Uint32Array(new Float32Array(each).buffer)]));
    const known = taken.get(key);
    if (known) return { number, words: known };
    const at = given[0].map((_, i) => MAX_HYPERPARAMETERS - room + words[0].length + i);
    for (const [model, each] of given.entries()) words[model].push(...each);
    taken.set(key, at);
    return { number, words: at };
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
