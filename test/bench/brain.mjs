import { NeuralNetwork } from "brain.js";
import { ADAM } from "./contestant.ts";
import peers from "./package.json";

/**
 * brain.js on the CPU, one model after the other. It trains row by row and has neither batches nor softmax: it does the same
 * epochs with its own Adam, and its result isn't held against the others'.
 */
export async function open() {
  return {
    description: `brain.js ${peers.dependencies["brain.js"]}: cpu, row by row`,
    trainMany: async (task, first) => trainMany(task, first.length),
    train() {
      throw new Error("brain.js has no batches");
    },
    multiply() {
      throw new Error("brain.js has no products");
    },
  };
}

function trainMany({ weights, batch, rows, features, labels }, models) {
  const size = features.length / rows;
  const classes = weights.at(-1)[1];
  const data = Array.from({ length: rows }, (_, row) => ({
    input: features.slice(row * size, (row + 1) * size),
    output: Float32Array.from({ length: classes }, (_, i) => Number(i === labels[row])),
  }));
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const options = { praxis: "adam", learningRate, beta1, beta2, epsilon, activation: "relu" };
  return {
    async run(steps) {
      const iterations = Math.max(1, Math.round((steps * batch) / rows));
      const started = performance.now();
      for (let model = 0; model < models; model++) {
        const net = new NeuralNetwork({ ...options, hiddenLayers: weights.slice(0, -1).map(([, units]) => units) });
        net.train(data, { ...options, iterations, errorThresh: Number.MIN_VALUE });
      }
      return { steps, milliseconds: performance.now() - started };
    },
    result: async () => [],
    dispose() {},
  };
}
