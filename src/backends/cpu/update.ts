import type { Values } from "../../core/dtype.js";
import { type Algebra, type Descent, statesOf } from "../../ops/rule.js";
import { namedHyperparameters, type UpdateAttributes } from "../../ops/update.js";
import type { CpuKernel } from "./kernel.js";

/** An optimizer's rule in float64, block by block; what it keeps is rounded as memory rounds it. */
export const update: CpuKernel = ({ attributes }, [p, gradient, state]) => {
  const { rule, flags, first } = attributes as UpdateAttributes;
  const states = statesOf(rule, flags);
  const blocks = new Blocks(state, states, p.length);
  return ({ hyperparameters }) => {
    const values = Object.entries(namedHyperparameters(rule, hyperparameters, first));
    const h = blocks.beginStep(() => Object.fromEntries(values.map(([name, value]) => [name, blocks.number(value)])));
    for (let start = 0; start < p.length; start += BLOCK) {
      blocks.begin(start);
      const element = {
        p: blocks.read(p, start),
        gradient: blocks.read(gradient, start),
        h,
        old: Object.fromEntries(states.map((name) => [name, blocks.old(name)])),
      };
      blocks.write(blocks.descended(element.p, rule.descend(blocks, element, flags)), p, start);
    }
  };
};

/** Elements that a rule is worked off on at a time: all that it makes of them stays in the cache. */
const BLOCK = 256;

type Block = Float64Array<ArrayBuffer>;

/** The arithmetic of rules on blocks of elements, in registers that each block uses anew. */
class Blocks implements Algebra<Block> {
  readonly #registers: Block[] = [];
  #used = 0;
  /** Registers of the step, which all blocks see. */
  #common = 0;
  #start = 0;
  #length = 0;

  /** @param state - one after the other, `size` elements each */
  constructor(
    private readonly state: Values,
    private readonly states: readonly string[],
    private readonly size: number,
  ) {}

  /** Makes what is the same for all blocks of a step. */
  beginStep<R>(make: () => R): R {
    this.#used = 0;
    const made = make();
    this.#common = this.#used;
    return made;
  }

  /** Goes on to the block that begins with element `start`. */
  begin(start: number): void {
    this.#used = this.#common;
    this.#start = start;
    this.#length = Math.min(BLOCK, this.size - start);
  }

  #next(): Block {
    this.#registers[this.#used] ??= new Float64Array(BLOCK);
    return this.#registers[this.#used++];
  }

  read(from: Values, start: number): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = from[start + i];
    return y;
  }

  write(x: Block, to: Values, start: number): void {
    const length = this.#length;
    for (let i = 0; i < length; i++) to[start + i] = x[i];
  }

  #placeOf(state: string): number {
    return this.states.indexOf(state) * this.size + this.#start;
  }

  old(state: string): Block {
    return this.read(this.state, this.#placeOf(state));
  }

  keep(state: string, x: Block): Block {
    const [y, length, to, start] = [this.#next(), this.#length, this.state, this.#placeOf(state)];
    for (let i = 0; i < length; i++) {
      to[start + i] = x[i];
      y[i] = to[start + i];
    }
    return y;
  }

  keepDecaying(state: string, x: Block): Block {
    return this.keep(state, x);
  }

  descended(p: Block, { factor, steps, divisor }: Descent<Block>): Block {
    const step = steps.map(([rate, direction]) => this.mul(rate, direction)).reduce((sum, each) => this.add(sum, each));
    return this.sub(factor ? this.mul(factor, p) : p, divisor ? this.div(step, divisor) : step);
  }

  number(value: number): Block {
    return this.#next().fill(value);
  }

  add(a: Block, b: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = a[i] + b[i];
    return y;
  }

  sub(a: Block, b: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = a[i] - b[i];
    return y;
  }

  mul(a: Block, b: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = a[i] * b[i];
    return y;
  }

  div(a: Block, b: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = a[i] / b[i];
    return y;
  }

  max(a: Block, b: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = Math.max(a[i], b[i]);
    return y;
  }

  abs(x: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = Math.abs(x[i]);
    return y;
  }

  sign(x: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = Math.sign(x[i]);
    return y;
  }

  sqrt(x: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = Math.sqrt(x[i]);
    return y;
  }

  multiplyAdd(a: Block, b: Block, c: Block): Block {
    const [y, length] = [this.#next(), this.#length];
    for (let i = 0; i < length; i++) y[i] = a[i] * b[i] + c[i];
    return y;
  }

  addProduct(c: Block, a: Block, b: Block): Block {
    return this.multiplyAdd(a, b, c);
  }
}
