import { type ActivationName, type Loss, sigmoidCrossEntropy, softmaxCrossEntropy } from "neuromotor";
import { type Dataset, digits, iris, standardise, xor } from "neuromotor/data";

/** The rows of a problem by what they are used for. */
export interface Parts {
  train: Dataset;
  /** Watched while training; absent where there are too few rows. */
  validation?: Dataset;
  /** Held back until training is over. */
  test?: Dataset;
}

/** A network and how it is trained. */
export interface Network {
  /** Neurons of each hidden layer. */
  layers: number[];
  activation: ActivationName;
  optimizer: "sgd" | "rmsprop" | "adam";
  learningRate: number;
  batchSize: number;
  epochs: number;
}

/** A problem to learn, and settings that learn it well. */
export interface Experiment {
  title: string;
  help: string;
  /** Numbers that the network puts out. */
  outputs: number;
  loss: () => Loss;
  suggested: Network;
  load(seed: number): Promise<Parts>;
}

export const experiments: Record<string, Experiment> = {
  xor: {
    title: "XOR (4 rows)",
    help: "“One or the other, but not both”: the smallest problem that needs a hidden layer.",
    outputs: 1,
    loss: sigmoidCrossEntropy,
    suggested: { layers: [4], activation: "tanh", optimizer: "adam", learningRate: 0.05, batchSize: 4, epochs: 300 },
    load: async () => ({ train: await xor() }),
  },
  iris: {
    title: "Iris (150 flowers)",
    help: "Which of 3 species a flower is, from the lengths and widths of its petals and sepals.",
    outputs: 3,
    loss: softmaxCrossEntropy,
    suggested: { layers: [8], activation: "tanh", optimizer: "adam", learningRate: 0.02, batchSize: 16, epochs: 60 },
    async load(seed) {
      return standardise((await iris()).split({ test: 0.2, validation: 0.2, stratify: true, seed }));
    },
  },
  digits: {
    title: "Digits (1,797 images)",
    help: "Which digit was written by hand, from an image of 8 × 8 pixels.",
    outputs: 10,
    loss: softmaxCrossEntropy,
    suggested: {
      layers: [32],
      activation: "relu",
      optimizer: "adam",
      learningRate: 0.003,
      batchSize: 32,
      epochs: 30,
    },
    async load(seed) {
      return (await digits()).split({ test: 0.2, validation: 0.2, stratify: true, seed });
    },
  },
};
