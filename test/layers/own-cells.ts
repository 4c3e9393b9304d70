import { ops, type RecurrentCell } from "../../src/index.js";

const { abs, add, clamp, exp, greater, maximum, mul, neg, select, sigmoid, sub, tanh } = ops;

/** Cells as users write them: every op is a function of numbers. */
export const ownCells = {
  /** The cell of `gru`: the hidden part of the last gate has slopes of its own. */
  gru: {
    gates: 3,
    step([zr, zu, zn], [hr, hu, hn], [h]) {
      const candidate = tanh(add(zn, mul(sigmoid(add(zr, hr)), hn)));
      const update = sigmoid(add(zu, hu));
      return [add(mul(sub(1, update), candidate), mul(update, h))];
    },
  },
  /** The cell of `lstm`: two states. */
  lstm: {
    gates: 4,
    states: 2,
    step(z, hidden, [, c]) {
      const [i, f, g, o] = z.map((input, gate) => add(input, hidden[gate]));
      const next = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
      return [mul(sigmoid(o), tanh(next)), next];
    },
  },
  /** A minimal gated unit (Zhou et al., 2016). */
  minimal: {
    gates: 2,
    step([zf, zn], [hf, hn], [h]) {
      const forget = sigmoid(add(zf, hf));
      return [add(mul(sub(1, forget), h), mul(forget, tanh(add(zn, mul(forget, hn)))))];
    },
  },
  /** Chosen, held and compared numbers, constants, three states. */
  chosen: {
    gates: 2,
    states: 3,
    step([za, zb], [ha, hb], [h, slow, peak]) {
      const drive = select(greater(za, 0.1), add(za, mul(0.5, ha)), sub(zb, mul(hb, h)));
      const next = clamp(add(mul(0.7, slow), drive), { low: -1.5, high: 1.5 });
      const highest = maximum(mul(0.9, peak), abs(next));
      return [sub(next, mul(0.25, highest)), mul(0.5, add(slow, next)), highest];
    },
  },
  /** More gates than a vector has numbers. */
  wide: {
    gates: 6,
    step(z, hidden, [h]) {
      const [a, b, c, d, e, f] = z.map((input, gate) =>
        gate % 2 ? sub(input, hidden[gate]) : add(input, hidden[gate]),
      );
      const kept = mul(exp(neg(mul(a, a))), h);
      return [tanh(add(add(kept, mul(sigmoid(b), c)), mul(sigmoid(d), mul(e, sigmoid(f)))))];
    },
  },
  /** Its first state is another's copy, and it looks at no hidden sum. */
  light: {
    gates: 2,
    states: 2,
    step([zf, zn], _, [, c]) {
      const forget = sigmoid(zf);
      const next = add(mul(forget, c), mul(sub(1, forget), zn));
      return [next, next];
    },
  },
} satisfies Record<string, RecurrentCell>;

export type OwnCell = keyof typeof ownCells;

/** The same cell with an op that is more than a function of numbers, so that it is worked place by place. */
export const inSteps = (cell: RecurrentCell): RecurrentCell => ({
  ...cell,
  step: (...given) => cell.step(...given).map((state) => ops.slice(state, [0, 0], state.shape)),
});
