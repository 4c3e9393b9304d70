import {
  type Algebra,
  combinationsOf,
  type Descent,
  type Flags,
  nameWith,
  statesOf,
  type UpdateRule,
} from "../../ops/rule.js";

/*
 * Optimizers' rules as AssemblyScript. When the engine is built, src/vite.config.ts gives the text to its compiler as
 * assembly/rules.ts; nothing of this runs in a page.
 */

const PARAMETERS = ["p", "gradient", "gradientStep", "state", "size", "first", "count"];
const TYPED = "p: usize, gradient: usize, gradientStep: usize, state: usize, size: i32, first: i32, count: i32";

/** The module's text, and the names of its updates by their numbers. */
export function printRules(rules: Iterable<UpdateRule>): { text: string; updates: string[] } {
  const variants = [...rules].flatMap((rule) => combinationsOf(rule).map((flags) => ({ rule, flags })));
  const updates = variants.map(({ rule, flags }) => nameWith(rule, flags));
  const functions = variants.map(({ rule, flags }, i) => {
    return `function ${functionName(updates[i])}(${TYPED}): void {\n${printLoop(rule, flags)}\n}\n`;
  });
  const cases = updates.map((update, i) => `case ${i}: return ${functionName(update)}(${PARAMETERS.join(", ")});`);
  const text = [
    "// rules.ts: optimizers' updates in place, printed from the rules in src/optimizers.\n",
    'import { op_sign } from "./elementwise";',
    'import { madd } from "./math";',
    'import { storeSome } from "./memory";',
    'import { hyperparameter } from "./step";',
    'import { normalOrZero, subtractBySign } from "./update";\n',
    ...functions,
    `export function runUpdate(update: i32, ${TYPED}): void {`,
    "  switch (update) {",
    ...cases.map((line) => `    ${line}`),
    "    default: unreachable();",
    "  }",
    "}\n",
  ];
  return { text: text.join("\n"), updates };
}

const functionName = (update: string) => update.replaceAll(" ", "_");

/** A loop over four elements at a time; what is the same for all of them stands before it. */
function printLoop(rule: UpdateRule, flags: Flags): string {
  const printer = new Printer();
  const states = statesOf(rule, flags);
  const element = {
    get p() {
      return printer.bind("v128.load(p)");
    },
    get gradient() {
      return printer.bind("v128.load(gradient)");
    },
    h: record(rule.hyperparameters, (name, i) => printer.hoist(`hyperparameter(first + ${i})`, `h_${name}`)),
    old: record(states, (name) => printer.bind(`v128.load(at_${name})`)),
  };
  const descent = rule.descend(printer, element, flags);
  const next = printer.descended(element.p, descent);
  const addresses = states.map((name, i) => `let at_${name} = state + ${4 * i} * size;`);
  const advances = ["p += 16;", "gradient += gradientStep;", ...states.map((name) => `at_${name} += 16;`)];
  return [
    ...printer.hoisted,
    ...addresses,
    "for (let left = count; left > 0; left -= 4) {",
    ...[...printer.lines, ...printer.stores, `storeSome(p, ${next}, left);`, ...advances].map((line) => `  ${line}`),
    "}",
  ]
    .map((line) => `  ${line}`)
    .join("\n");
}

/** An object whose properties are printed when they are asked for. */
const record = (names: readonly string[], print: (name: string, i: number) => string): Record<string, string> =>
  Object.defineProperties({}, Object.fromEntries(names.map((name, i) => [name, { get: () => print(name, i) }])));

/** Prints the operations of a rule as they are called, each expression once, and gives the names of their values. */
class Printer implements Algebra<string> {
  readonly hoisted: string[] = [];
  readonly lines: string[] = [];
  /** Stores come last, so that old values are read first. */
  readonly stores: string[] = [];
  /** Names of expressions; signs stand for themselves. */
  readonly #names = new Map<string, string>();
  readonly #unchanging = new Set<string>();
  readonly #signed = new Map<string, string>();

  /** Names an expression of the loop. */
  bind(expression: string): string {
    return this.#name(expression, this.lines);
  }

  /** Names an expression that is the same for all elements. */
  hoist(expression: string, name?: string): string {
    const named = this.#name(expression, this.hoisted, name);
    this.#unchanging.add(named);
    return named;
  }

  #name(expression: string, lines: string[], name = `x${this.#names.size}`): string {
    const known = this.#names.get(expression);
    if (known) return known;
    this.#names.set(expression, name);
    lines.push(`const ${name} = ${expression};`);
    return name;
  }

  number(value: number): string {
    return this.hoist(`f32x4.splat(${value})`);
  }

  add(a: string, b: string): string {
    return this.bind(`f32x4.add(${a}, ${b})`);
  }

  sub(a: string, b: string): string {
    return this.bind(`f32x4.sub(${a}, ${b})`);
  }

  mul(a: string, b: string): string {
    return this.bind(`f32x4.mul(${a}, ${b})`);
  }

  div(a: string, b: string): string {
    return this.bind(`f32x4.div(${a}, ${b})`);
  }

  max(a: string, b: string): string {
    return this.bind(`f32x4.max(${a}, ${b})`);
  }

  abs(x: string): string {
    return this.bind(`f32x4.abs(${x})`);
  }

  sqrt(x: string): string {
    return this.bind(`f32x4.sqrt(${x})`);
  }

  /** Isn't bound yet: steps by a sign have a way of their own. */
  sign(x: string): string {
    const expression = `op_sign(${x})`;
    this.#signed.set(expression, x);
    return expression;
  }

  multiplyAdd(a: string, b: string, c: string): string {
    return this.bind(`madd(${a}, ${b}, ${c})`);
  }

  addProduct(c: string, a: string, b: string): string {
    return this.multiplyAdd(a, b, c);
  }

  keep(state: string, x: string): string {
    this.stores.push(`storeSome(at_${state}, ${x}, left);`);
    return x;
  }

  keepDecaying(state: string, x: string): string {
    return this.keep(state, this.bind(`normalOrZero(${x})`));
  }

  /** Each step is one multiply-add from the parameter on. */
  descended(p: string, { factor, steps, divisor }: Descent<string>): string {
    const [[rate, direction], ...more] = steps;
    const signed = this.#signed.get(direction);
    if (factor && signed && !divisor) {
      const from = this.bind(`subtractBySign(${factor}, ${p}, ${rate}, ${signed})`);
      return more.reduce((next, step) => this.#subtract(next, step), from);
    }
    const from = factor ? this.mul(factor, p) : p;
    return steps.reduce((next, step) => this.#subtract(next, step, divisor), from);
  }

  #subtract(from: string, [rate, direction]: readonly [string, string], divisor?: string): string {
    const negative = `f32x4.neg(${rate})`;
    const downhill = this.#unchanging.has(rate) ? this.hoist(negative) : this.bind(negative);
    return this.multiplyAdd(downhill, divisor ? this.div(direction, divisor) : direction, from);
  }
}
