import {
  atom,
  call,
  difference,
  literal,
  negative,
  power,
  product,
  quotient,
  root,
  show,
  squared,
  sum,
  type Written,
} from "./written.js";

/** An op's formula as text (see `ScalarFunction`), written of operands that are written already. */
export const writeFormula = (text: string, operands: Readonly<Record<string, Written>>, times: string): Written =>
  new FormulaReader(text, operands, times).read();

const NUMBER = /\d+(\.\d+)?/y;
const NAME = /\p{L}\w*/uy;

/** Reads from the weakest binding to the strongest: sums, products, signs, powers, what stands alone. */
class FormulaReader {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly operands: Readonly<Record<string, Written>>,
    private readonly times: string,
  ) {}

  /** @throws Error where the text isn't a formula */
  read(): Written {
    const written = this.#sum();
    if (this.#at < this.text.length) this.#fail("nothing more");
    return written;
  }

  #sum(): Written {
    let written = this.#product();
    for (;;) {
      if (this.#take(" + ")) written = sum(written, this.#product());
      else if (this.#take(" - ")) written = difference(written, this.#product());
      else return written;
    }
  }

  #product(): Written {
    let written = this.#signed();
    for (;;) {
      if (this.#take(" * ")) written = product(written, this.#signed(), this.times);
      else if (this.#take(" / ")) written = quotient(written, this.#signed());
      else return written;
    }
  }

  #signed(): Written {
    return this.#take("-") ? negative(this.#signed()) : this.#power();
  }

  #power(): Written {
    if (this.#take("√")) return root(this.#alone());
    const base = this.#alone();
    if (this.#take("²")) return squared(base);
    return this.#take("^") ? power(base, this.#alone()) : base;
  }

  #alone(): Written {
    if (this.#take("(")) return this.#closed(")", this.#sum());
    if (this.#take("|")) return this.#closed("|", atom(`|${show(this.#sum())}|`));
    if (this.#take("[")) return this.#closed("]", this.#comparison());
    const number = this.#match(NUMBER);
    if (number) return literal(Number(number));
    const name = this.#match(NAME) ?? this.#fail("a number or a name");
    if (this.#take("(")) return this.#closed(")", call(name, ...this.#list()));
    return this.operands[name] ?? atom(name); // e, the base of the natural logarithm
  }

  #comparison(): Written {
    const left = this.#sum();
    const sign = this.#take(" > ") ? ">" : this.#take(" = ") ? "=" : this.#fail("a comparison");
    return atom(`[${show(left)} ${sign} ${show(this.#sum())}]`);
  }

  #list(): Written[] {
    const list = [this.#sum()];
    while (this.#take(", ")) list.push(this.#sum());
    return list;
  }

  #closed(bracket: string, written: Written): Written {
    if (!this.#take(bracket)) this.#fail(bracket);
    return written;
  }

  #take(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(expected: string): never {
    throw new Error(
      `The formula "${this.text}" can't be read at "${this.text.slice(this.#at)}": expected ${expected}.`,
    );
  }
}
