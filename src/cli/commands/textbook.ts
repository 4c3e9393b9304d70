import { Dataset, xor } from "../../data/index.js";
import { dense, type Loss, type Model, meanAbsoluteError, meanSquaredError, sequential } from "../../index.js";

/** A network with fixed first weights, to be worked by hand. */
export interface TextbookNetwork {
  /** Description in a few words. */
  title: string;
  data: Dataset;
  model: Model;
  loss: Loss;
  learningRate: number;
}

/**
 * The two networks with which many begin to work backpropagation by hand: a single neuron, and 2-2-1 sigmoid units that
 * learn XOR from weights that NumPy drew with the seed 42.
 */
export const textbook: Readonly<Record<string, () => Promise<TextbookNetwork>>> = {
  async neuron() {
    const data = Dataset.from({ name: "neuron", features: [[0.5]], labels: Float32Array.of(1) });
    const model = sequential({ input: [1] }, [dense(1, { activation: "sigmoid" })]);
    set(model, { "dense.weight": [0.8], "dense.bias": [0.2] });
    // The loss's slope is -1 for outputs below the target.
    return { title: "a single sigmoid neuron", data, model, loss: meanAbsoluteError(), learningRate: 0.1 };
  },

  async xor() {
    const model = sequential({ input: [2] }, [
      dense(2, { activation: "sigmoid" }),
      dense(1, { activation: "sigmoid" }),
    ]);
    set(model, {
      "dense.weight": [0.3745401188473625, 0.9507143064162014, 0.7319939418114051, 0.5986584841970366],
      "dense.bias": [0.15601864044243652, 0.15599452033620265],
      "dense_1.weight": [0.05808361216819946, 0.8661761457749352],
      "dense_1.bias": [0.6011150117432088],
    });
    return { title: "2-2-1 sigmoid units", data: await xor(), model, loss: halfSumOfSquares(), learningRate: 0.5 };
  },
};

const set = (model: Model, parameters: Record<string, number[]>) =>
  model.setParameters(new Map(Object.entries(parameters).map(([name, values]) => [name, { values }])));

/** ½ Σ (a - y)² over outputs and rows, where losses are means over the rows otherwise. */
function halfSumOfSquares(): Loss {
  const perRow = meanSquaredError({ form: "halfSum" });
  return {
    ...perRow,
    encode(labels, outputs) {
      const targets = perRow.encode(labels, outputs);
      const [rows] = targets.shape;
      return { ...targets, divisors: new Float32Array(rows).fill(1 / rows) };
    },
  };
}
