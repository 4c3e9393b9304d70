import type { Experiment } from "../experiment.js";

/*
 * Notebook D: a neuron and XOR by the chain rule, from given weights: all figures follow from the rules.
 */

/** Mean absolute error every 1,000 epochs. */
const TRACE = [0.4978, 0.1119, 0.0504, 0.0366, 0.03, 0.0259, 0.0231, 0.0211, 0.0195, 0.0182];
const OUTPUTS = [0.01890475, 0.98371361, 0.98369334, 0.01686123];

export const d: readonly Experiment[] = [
  {
    id: "D1",
    item: "a neuron by the chain rule",
    run: "explain",
    data: "neuron",
    options: "",
    cells: [{ name: "weight after a step", score: "dense.weight.next 1", published: 0.81143921, decimals: 6 }],
  },
  {
    id: "D2",
    item: "XOR, 2-2-1, the error every 1,000 epochs",
    run: "explain",
    data: "xor",
    options: "",
    score: "mean error",
    cells: TRACE.map((published, i) => ({
      name: `epoch ${i}000`.replace("0000", "0"),
      options: `--epochs ${i * 1000}`,
      published,
      decimals: 4,
      better: "lower" as const,
    })),
  },
  {
    id: "D3",
    item: "XOR, 2-2-1, outputs after 10,000 epochs",
    run: "explain",
    data: "xor",
    options: "--epochs 9999",
    cells: [
      {
        name: "",
        figures: OUTPUTS.map((published, i) => ({
          name: `output for row ${i + 1}`,
          score: `dense_1.activation ${i + 1}`,
          published,
          decimals: 6,
        })),
      },
    ],
  },
  {
    id: "D4",
    item: "XOR, 2-2-1, first weights uniform in [0, 1)",
    run: "train",
    data: "xor",
    options:
      "--preset none --layers 2 --activation sigmoid --init randomUniform --loss sigmoidCrossEntropy --optimizer sgd " +
      "--lr 0.5 --batch-size 4 --epochs 10000 --test 0",
    score: "train accuracy",
    chosen: "cross-entropy on the output; one start in some gets stuck",
    cells: [{ name: "" }],
  },
];
