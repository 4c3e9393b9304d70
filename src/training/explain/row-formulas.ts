import type { Tensor } from "../../graph/tensor.js";
import type { ElementWriter, Formula } from "./formula.js";
import {
  atom,
  call,
  difference,
  literal,
  negative,
  power,
  product,
  quotient,
  show,
  sum,
  summation,
  termsOf,
  type Written,
} from "./written.js";

/** e^xᵢ / Σⱼ e^xⱼ, of the row that an element stands in. */
function softmaxAt(x: Tensor, index: number, at: ElementWriter): Written {
  const classes = x.shape.at(-1)!;
  const start = index - (index % classes);
  return quotient(
    exponential(at(x, index)),
    termsOf(classes, (i) => exponential(at(x, start + i))),
  );
}

/** The target distribution of a class: 1 at the label; with smoothing, a little for all classes. */
const target = (hit: Written, { attributes: { smoothing }, inputs: [z] }: Tensor): Written =>
  sum(product(literal(1 - (smoothing as number)), hit), literal((smoothing as number) / z.shape.at(-1)!));

const exponential = (x: Written): Written => power(atom("e"), x);

const oneHot = (labels: Written) => call("onehot", labels);

/** Ops that see a row whole: softmax and its cross-entropy. */
export const rowFormulas: Readonly<Record<string, Formula>> = {
  softmax: {
    whole: ({ inputs: [x] }, write) => call("softmax", write(x)),
    element: ({ inputs: [x] }, index, at) => softmaxAt(x, index, at),
  },
  logSoftmax: {
    whole: ({ inputs: [x] }, write) => call("ln softmax", write(x)),
    element: ({ inputs: [x] }, index, at) => call("ln", softmaxAt(x, index, at)),
  },
  softmaxCrossEntropy: {
    whole(tensor, write) {
      const [z, y] = tensor.inputs;
      if (tensor.attributes.smoothing === 0) return negative(atom(`ln softmax(${show(write(z))})[${show(write(y))}]`));
      const terms = product(target(oneHot(write(y)), tensor), call("ln softmax", write(z)), "⊙");
      return negative(summation(terms, "ⱼ", z.shape.at(-1)!));
    },
    element(tensor, row, at) {
      const [z, y] = tensor.inputs;
      const classes = z.shape.at(-1)!;
      const label = at.number(y, row);
      const logAt = (i: number) => call("ln", softmaxAt(z, row * classes + i, at));
      if (tensor.attributes.smoothing === 0) return negative(logAt(label));
      const share = (i: number) => target(literal(i === label ? 1 : 0), tensor);
      return negative(termsOf(classes, (i) => product(share(i), logAt(i))));
    },
  },
  softmaxCrossEntropyGradient: {
    whole(tensor, write) {
      const [z, y, dy] = tensor.inputs;
      return product(write(dy), difference(call("softmax", write(z)), target(oneHot(write(y)), tensor)), "⊙");
    },
    element(tensor, index, at) {
      const [z, y, dy] = tensor.inputs;
      const classes = z.shape.at(-1)!;
      const row = Math.floor(index / classes);
      const hit = literal(index % classes === at.number(y, row) ? 1 : 0);
      return product(at(dy, row), difference(softmaxAt(z, index, at), target(hit, tensor)));
    },
  },
};
