import type { Part } from "../core/wgsl.js";
import type { InexactFunction } from "../graph/error-model.js";

/*
 * An optimizer's rule: how one element of a parameter and of its state follow the gradient. It is stated twice, as WGSL in
 * shaders/functions/ and as TypeScript over the algebra below; parity tests hold one against the other. The TypeScript
 * runs on blocks of float64 as the CPU reference, is printed into the WASM engine when that is built, and is written out
 * as equations by `explain`.
 */

/** Arithmetic over numbers, blocks of numbers, names of an engine's values, or written expressions. */
export interface Arithmetic<T> {
  number(value: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  max(a: T, b: T): T;
  abs(x: T): T;
  sign(x: T): T;
  sqrt(x: T): T;
  /** a b + c, in one rounding where an engine has an instruction for it. */
  multiplyAdd(a: T, b: T, c: T): T;
  /** The same, written c + a b. */
  addProduct(c: T, a: T, b: T): T;
}

/** Arithmetic, and a state that is kept from step to step. The order of operations is part of a rule's bits. */
export interface Algebra<T> extends Arithmetic<T> {
  /** Keeps x as a state's value for the next step. @returns x as memory holds it: in float32 */
  keep(state: string, x: T): T;
  /**
   * The same for a moment that decays towards 0 where gradients vanish. An engine that is slow with denormal numbers (a
   * hundred times, on CPUs) keeps 0 in their place.
   */
  keepDecaying(state: string, x: T): T;
}

/** One element as a rule sees it: before the step. */
export interface Element<T, H extends string = string, S extends string = string> {
  /** Of the parameter. */
  p: T;
  gradient: T;
  /** Of the step, by name: the same for all elements. */
  h: Readonly<Record<H, T>>;
  /** State before the step, by name. */
  old: Readonly<Record<S, T>>;
}

/** Change of the parameter: p = factor p - (Σ rate direction) / divisor. A factor or divisor that is absent is 1. */
export interface Descent<T> {
  factor?: T;
  steps: readonly (readonly [rate: T, direction: T])[];
  divisor?: T;
}

/**
 * A rule, with names for all that it takes and keeps.
 *
 * H names its hyperparameters, S its state, F its flags.
 */
export interface UpdateRule<H extends string = string, S extends string = string, F extends string = string> {
  /** Of its WGSL file, too. */
  readonly name: string;
  /** The file shaders/functions/NAME.wgsl, with names as here, but in snake_case. */
  readonly wgsl: Part;
  /** Numbers of the step, in the order in which the host lists them. */
  readonly hyperparameters: readonly H[];
  /** Choices that are fixed when a graph is traced. */
  readonly flags: readonly F[];
  /** State of each element, in the order of memory: kept always, or if a flag is set. */
  readonly state: Readonly<Record<S, true | F>>;
  /** Hyperparameters that are divided by 1 - beta^t since a mean began at 0, each with the name of its beta. */
  corrected?(flags: Flags<F>): Partial<Record<H, H>>;
  descend<T>(algebra: Algebra<T>, element: Element<T, H, S>, flags: Flags<F>): Descent<T>;
}

/** Values of flags; an absent flag is off. */
export type Flags<F extends string = string> = Readonly<Partial<Record<F, boolean>>>;

/** Every rule, by name. */
export const rules = new Map<string, UpdateRule>();

/** States a rule. A bundler may leave out one that nobody uses. */
/* @__NO_SIDE_EFFECTS__ */
export function defineRule<const H extends string, const S extends string, const F extends string = never>(
  name: string,
  rule: Omit<UpdateRule<H, S, F>, "name">,
): UpdateRule<H, S, F> {
  const named = { name, ...rule };
  rules.set(name, named as unknown as UpdateRule);
  return named;
}

/** Names of what a rule keeps with these flags, in the order of memory. */
export const statesOf = <S extends string, F extends string>(
  { state }: Pick<UpdateRule<string, S, F>, "state">,
  flags: Flags<F>,
): S[] => (Object.keys(state) as S[]).filter((name) => state[name] === true || flags[state[name] as F]);

/** Operations that are inexact in WGSL. */
const INEXACT: Readonly<Record<string, InexactFunction>> = { sqrt: "root", div: "division" };

/** The inexact functions of a rule, found by working it with an algebra that notes what it is asked for. */
export function inexactFunctionsOf({ descend }: Pick<UpdateRule, "descend">, flags: Flags): InexactFunction[] {
  const called: string[] = [];
  const algebra = new Proxy({}, { get: (_, operation: string) => () => called.push(operation) }) as Algebra<number>;
  const any = new Proxy({}, { get: () => 0 });
  const { divisor } = descend(algebra, { p: 0, gradient: 0, h: any, old: any }, flags);
  if (divisor !== undefined) called.push("div");
  return called.flatMap((operation) => INEXACT[operation] ?? []);
}

/** A rule's name with those of its flags that are set: "adam amsgrad". */
export const nameWith = <F extends string>(
  { name, flags }: Pick<UpdateRule<string, string, F>, "name" | "flags">,
  set: Flags<F>,
): string => [name, ...flags.filter((flag) => set[flag])].join(" ");

/** Every combination of a rule's flags. */
export const combinationsOf = <F extends string>({ flags }: Pick<UpdateRule<string, string, F>, "flags">): Flags<F>[] =>
  Array.from(
    { length: 2 ** flags.length },
    (_, bits) => Object.fromEntries(flags.map((flag, i) => [flag, ((bits >> i) & 1) === 1])) as Flags<F>,
  );
