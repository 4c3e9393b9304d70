import { gradients } from "../../src/graph/gradients.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import { adam } from "../../src/index.js";
import { relu, sigmoid, tanh } from "../../src/ops/activations.js";
import { batchMean, record, takeBatch } from "../../src/ops/batch.js";
import { softmaxCrossEntropy } from "../../src/ops/cross-entropy.js";
import { add, div, mul, sqrt, square, sub } from "../../src/ops/elementwise.js";
import { slice } from "../../src/ops/indexing.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { mean } from "../../src/ops/reduce.js";
import { softmax } from "../../src/ops/softmax.js";

/*
 * Training steps of networks that the layers don't offer, written with ops: graphs of thousands of tensors.
 */

const BATCH = 32;
const CLASSES = 10;

/** Parameters by name, each entered when it is first asked for. */
class Parameters {
  readonly all: Tensor[] = [];

  of(name: string, ...shape: number[]): Tensor {
    const parameter = variable(name, shape);
    this.all.push(parameter);
    return parameter;
  }
}

/** A step of Adam on the mean cross-entropy of [batch, classes] logits, of inputs [batch, ...sample]. */
function trainingStep(sample: readonly number[], logits: (x: Tensor, parameters: Parameters) => Tensor): Tensor[] {
  const rows = 256;
  const order = variable("order", [rows], "u32");
  const take = (data: Tensor) => takeBatch(data, order, { batch: BATCH });
  const parameters = new Parameters();
  const outputs = logits(take(variable("features", [rows, ...sample])), parameters);
  const loss = batchMean(softmaxCrossEntropy(outputs, take(variable("labels", [rows], "u32"))));
  const slopes = gradients(loss, parameters.all, (a, b) => add(a, b));
  const optimizer = adam();
  const updates = parameters.all.map((parameter, i) =>
    optimizer.update(parameter, slopes[i], variable(`state ${i}`, [optimizer.moments, ...parameter.shape]), 0),
  );
  return [record(variable("results", [8, 1, 2]), loss, 0), ...updates];
}

const linear = (x: Tensor, name: string, units: number, parameters: Parameters) =>
  add(matmul(x, parameters.of(`${name}.weight`, x.shape[1], units)), parameters.of(`${name}.bias`, units));

/** A gated recurrent unit (Cho et al., 2014) of 64 units over `steps` inputs of 16 numbers, its steps one after another. */
export const gru = (steps: number): Tensor[] =>
  trainingStep([steps, 16], (x, parameters) => {
    const units = 64;
    const inputs = reshape(linear(reshape(x, [BATCH * steps, 16]), "input", 3 * units, parameters), [
      BATCH,
      steps,
      3 * units,
    ]);
    const weight = parameters.of("recurrent.weight", units, 3 * units);
    const gate = (gates: Tensor, i: number) => slice(gates, [0, i * units], [BATCH, units]);
    let hidden: Tensor | undefined;
    for (let step = 0; step < steps; step++) {
      const input = reshape(slice(inputs, [0, step, 0], [BATCH, 1, 3 * units]), [BATCH, 3 * units]);
      const before = hidden && matmul(hidden, weight);
      const sum = (i: number) => (before ? add(gate(before, i), gate(input, i)) : gate(input, i));
      const [update, reset] = [sigmoid(sum(0)), sigmoid(sum(1))];
      const proposed = tanh(before ? add(mul(reset, gate(before, 2)), gate(input, 2)) : gate(input, 2));
      const taken = mul(sub(1, update), proposed);
      hidden = hidden ? add(mul(update, hidden), taken) : taken;
    }
    return linear(hidden!, "output", CLASSES, parameters);
  });

/** A transformer's encoder (Vaswani et al., 2017), normalised before each block: 64 positions, width 64, four heads. */
export const transformer = (layers: number): Tensor[] => {
  const [positions, width, heads] = [64, 64, 4];
  const rows = BATCH * positions;
  return trainingStep([positions, width], (x, parameters) => {
    const normalised = (y: Tensor, name: string) => {
      const centred = sub(y, mean(y, -1, { keepAxes: true }));
      const variance = mean(square(centred), -1, { keepAxes: true });
      const scaled = mul(div(centred, sqrt(add(variance, 1e-5))), parameters.of(`${name}.scale`, width));
      return add(scaled, parameters.of(`${name}.offset`, width));
    };
    let y = x;
    for (let layer = 0; layer < layers; layer++) {
      const name = (part: string) => `${layer}.${part}`;
      const input = reshape(normalised(y, name("first")), [rows, width]);
      const head = (part: string) => {
        const projected = linear(input, name(part), width, parameters);
        return transpose(reshape(projected, [BATCH, positions, heads, width / heads]), [0, 2, 1, 3]);
      };
      const scores = mul(matmul(head("queries"), transpose(head("keys"))), (width / heads) ** -0.5);
      const mixed = transpose(matmul(softmax(scores), head("values")), [0, 2, 1, 3]);
      y = add(y, reshape(linear(reshape(mixed, [rows, width]), name("mixed"), width, parameters), x.shape));
      const wide = relu(
        linear(reshape(normalised(y, name("second")), [rows, width]), name("wide"), 4 * width, parameters),
      );
      y = add(y, reshape(linear(wide, name("narrow"), width, parameters), x.shape));
    }
    return linear(mean(y, 1), "output", CLASSES, parameters);
  });
};
