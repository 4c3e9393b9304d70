/*
 * Works out what `worked` prints, as a reader with a pocket calculator would: it knows the notation, and nothing of ops.
 */

type Functions = Readonly<Record<string, (...x: number[]) => number>>;

/** Abramowitz and Stegun 7.1.26 has 1.5e-7; this series is exact to float64 for the small arguments of the tests. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const FUNCTIONS: Functions = {
  σ: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  ln: Math.log,
  max: Math.max,
  min: Math.min,
  sign: Math.sign,
  erf,
  Φ: (x) => (1 + erf(x / Math.SQRT2)) / 2,
  φ: (x) => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI),
  if: (condition, a, b) => (condition !== 0 ? a : b),
  clamp: (x, low, high) => Math.min(Math.max(x, low), high),
};

const NUMBER = /\d+(\.\d+)?(e-?\d+)?/y;
const NAME = /[\p{L}_][\p{L}\d_]*'?/uy;

class Reader {
  #at = 0;
  #numbers = 0;
  #compared = 0;

  constructor(
    readonly text: string,
    readonly functions: Functions,
    readonly nudge: (number: number, place: number) => number,
  ) {}

  read(): number {
    const result = this.#sum();
    if (this.#at < this.text.length) throw new Error(`can't read "${this.text.slice(this.#at)}" of "${this.text}"`);
    return result;
  }

  get numbers(): number {
    return this.#numbers;
  }

  #take(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #need(token: string): void {
    if (!this.#take(token)) throw new Error(`no "${token}" at "${this.text.slice(this.#at)}" of "${this.text}"`);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #sum(): number {
    let result = this.#product();
    for (;;) {
      if (this.#take(" + ")) result += this.#product();
      else if (this.#take(" - ")) result -= this.#product();
      else return result;
    }
  }

  #product(): number {
    let result = this.#signed();
    for (;;) {
      if (this.#take(" * ")) result *= this.#signed();
      else if (this.#take(" / ")) result /= this.#signed();
      else return result;
    }
  }

  /** -x² is -(x²). */
  #signed(): number {
    return this.#take("-") ? -this.#signed() : this.#power();
  }

  #power(): number {
    const base = this.#take("e^") ? Math.exp(this.#atom()) : this.#atom();
    if (this.#take("²")) return base ** 2;
    return this.#take("^") ? base ** this.#atom() : base;
  }

  #atom(): number {
    if (this.#take("√")) return Math.sqrt(this.#atom());
    if (this.#take("(")) return this.#closed(")");
    if (this.#take("|")) return Math.abs(this.#closed("|"));
    if (this.#take("[")) {
      this.#compared++;
      const left = this.#sum();
      const isEqual = this.#take(" = ");
      if (!isEqual) this.#need(" > ");
      const right = this.#closed("]");
      this.#compared--;
      return Number(isEqual ? left === right : left > right);
    }
    const number = this.#match(NUMBER);
    // Numbers are compared as printed: the least nudge would make equal numbers different.
    if (number !== undefined) return this.#compared > 0 ? Number(number) : this.nudge(Number(number), this.#numbers++);
    const name = this.#match(NAME);
    const called = this.functions[name ?? ""];
    if (!called) throw new Error(`no number at "${this.text.slice(this.#at)}" of "${this.text}"`);
    this.#need("(");
    const operands = [this.#sum()];
    while (this.#take(", ")) operands.push(this.#sum());
    this.#need(")");
    return called(...operands);
  }

  #closed(end: string): number {
    const result = this.#sum();
    this.#need(end);
    return result;
  }
}

/** Half a unit of the sixth digit, at most. */
const PRINTED = 5e-6;

/** The value of an expression, and how far it may be off because its numbers were printed with six digits. */
export function calculate(text: string, own: Functions = {}): { value: number; error: number } {
  const functions = { ...FUNCTIONS, ...own };
  const plain = new Reader(text, functions, (number) => number);
  const value = plain.read();
  let error = PRINTED * Math.abs(value);
  for (let i = 0; i < plain.numbers; i++) {
    for (const side of [1, -1]) {
      const nudged = new Reader(text, functions, (x, place) => (place === i ? x * (1 + side * PRINTED) : x)).read();
      error += Math.abs(nudged - value) / 1.5;
    }
  }
  return { value, error: error + 1e-12 };
}
