import { confusionMatrix } from "neuromotor";
import {
  activationChart,
  type ChartOptions,
  type ChartSpecification,
  calibrationChart,
  classFrequencyChart,
  confusionMatrixChart,
  decisionSurfaceChart,
  forecastChart,
  gradientNormChart,
  heatMap,
  importanceChart,
  learningCurves,
  networkDiagram,
  parallelCoordinates,
  paretoChart,
  precisionRecallChart,
  predictionChart,
  residualChart,
  rocChart,
  scoreBars,
  sliceChart,
  trialHistory,
} from "neuromotor/report";
import { DIGITS, type Trained } from "./trained.js";

/** Every chart there is, of real numbers, and how many marks of data its picture must have at the least. */
export const everyChart: Record<
  string,
  { marks: number; of: (trained: Trained, options?: ChartOptions) => ChartSpecification }
> = {
  "learning curves": { marks: 3, of: ({ digits }, options) => learningCurves(digits.history, { best: 9, ...options }) },
  "learning curves of a metric": {
    marks: 2,
    of: ({ digits }, options) => learningCurves(digits.history, { score: "accuracy", ...options }),
  },
  "learning curves of several runs": {
    marks: 2,
    of: ({ circle }, options) => learningCurves(circle.histories, options),
  },
  "confusion matrix": {
    marks: 12,
    of: ({ digits: { truth, predicted } }, options) =>
      confusionMatrixChart(confusionMatrix(truth, predicted, 10), DIGITS, options),
  },
  "ROC of ten classes": {
    marks: 6,
    of: ({ digits: { truth, probabilities } }, options) =>
      rocChart(truth, probabilities, { classNames: DIGITS, ...options }),
  },
  "ROC of yes and no": {
    marks: 1,
    of: ({ circle: { truth, probabilities } }, options) =>
      rocChart(truth, probabilities, { classNames: ["out", "in"], ...options }),
  },
  "precision and recall": {
    marks: 6,
    of: ({ digits: { truth, probabilities } }, options) =>
      precisionRecallChart(truth, probabilities, { classNames: DIGITS, ...options }),
  },
  "calibration of ten classes": {
    marks: 4,
    of: ({ digits: { truth, probabilities } }, options) => calibrationChart(truth, probabilities, options),
  },
  "calibration of yes and no": {
    marks: 4,
    of: ({ circle: { truth, probabilities } }, options) => calibrationChart(truth, probabilities, options),
  },
  "predicted against true": {
    marks: 1,
    of: ({ diabetes: { truth, predicted } }, options) =>
      predictionChart(truth, predicted, { target: "progression", ...options }),
  },
  "a series and what follows": {
    marks: 3,
    of: ({ diabetes: { truth, predicted } }, options) =>
      forecastChart(truth, predicted, { target: "load", next: [150, 160, 140], first: 25, ...options }),
  },
  "a series": {
    marks: 2,
    of: ({ diabetes: { truth, predicted } }, options) => forecastChart(truth, predicted, options),
  },
  residuals: {
    marks: 1,
    of: ({ diabetes: { truth, predicted } }, options) => residualChart(truth, predicted, options),
  },
  "decision surface": {
    marks: 8,
    of: ({ circle: { axis, surface, points } }, options) =>
      decisionSurfaceChart(
        {
          x: { name: "east", values: axis },
          y: { name: "north", values: axis },
          scores: surface,
          classNames: ["out", "in"],
          points,
        },
        options,
      ),
  },
  "bars with deviations": {
    marks: 4,
    of: ({ circle }, options) =>
      scoreBars(
        Object.entries(circle.histories).map(([name, { epochs }]) => {
          const losses = epochs.map(({ loss }) => loss);
          const mean = losses.reduce((a, b) => a + b) / losses.length;
          return {
            name,
            mean,
            deviation: Math.sqrt(losses.reduce((sum, x) => sum + (x - mean) ** 2, 0) / losses.length),
          };
        }),
        { score: "loss", ...options },
      ),
  },
  "heat map of a grid": {
    marks: 2,
    of: ({ circle }, options) =>
      heatMap(
        Object.entries(circle.histories).flatMap(([row, { epochs }]) =>
          [1, 60].map((epoch) => ({ row, column: `epoch ${epoch}`, value: epochs[epoch - 1].loss })),
        ),
        { score: "loss", better: "lower", ...options },
      ),
  },
  "history of a search": {
    marks: 3,
    of: ({ circle }, options) => trialHistory(trialsOf(circle), options),
  },
  "importance of settings": {
    marks: 2,
    of: (_, options) =>
      importanceChart(
        [
          { name: "rate", importance: 0.6, deviation: 0.1 },
          { name: "units", importance: 0.2 },
        ],
        options,
      ),
  },
  "slice of a search": {
    marks: 3,
    of: ({ circle }, options) =>
      sliceChart(
        trialsOf(circle).map((trial) => ({ ...trial, setting: 10 ** (-4 + trial.number / 8) })),
        { setting: "rate", ...options },
      ),
  },
  "slice by choices": {
    marks: 3,
    of: ({ circle }, options) =>
      sliceChart(
        trialsOf(circle).map((trial) => ({ ...trial, setting: ["adam", "sgd"][trial.number % 2] })),
        options,
      ),
  },
  "parallel coordinates": {
    marks: 20,
    of: ({ circle }, options) =>
      parallelCoordinates(
        trialsOf(circle).map((trial) => ({
          ...trial,
          settings: { rate: 10 ** (-trial.number / 8), optimizer: ["adam", "sgd"][trial.number % 2] },
        })),
        [{ name: "rate", isLogarithmic: true }, { name: "optimizer" }],
        options,
      ),
  },
  "Pareto front": {
    marks: 3,
    of: ({ circle }, options) =>
      paretoChart(
        trialsOf(circle).map(({ number, value }) => ({ x: (number * 7) % 20, y: value! })),
        { x: { score: "parameters" }, y: { score: "loss" } },
        options,
      ),
  },
  "class frequencies": {
    marks: 20,
    of: ({ digits }, options) => classFrequencyChart(digits.counts, DIGITS, options),
  },
  "activation curves": {
    marks: 4,
    of: (_, options) => {
      const x = Array.from({ length: 41 }, (_, i) => -4 + i / 5);
      return activationChart(
        [
          { name: "tanh", x, y: x.map(Math.tanh), derivative: x.map((each) => 1 - Math.tanh(each) ** 2) },
          { name: "relu", x, y: x.map((each) => Math.max(each, 0)), derivative: x.map((each) => Number(each > 0)) },
        ],
        options,
      );
    },
  },
  "network diagram": {
    marks: 20,
    of: ({ digits: { parameters } }, options) =>
      networkDiagram(
        [
          { name: "input", output: [64] },
          { name: "dense", output: [16], note: "relu", weights: parameters.get("dense.weight")!.values },
          { name: "dense_1", output: [10], weights: parameters.get("dense_1.weight")!.values },
        ],
        options,
      ),
  },
  "gradient norms": {
    marks: 2,
    of: ({ circle }, options) => {
      const [[, slow], [, fast]] = Object.entries(circle.histories);
      const epochs = slow.epochs.map(({ epoch }) => epoch);
      const norms = ({ epochs }: typeof slow) => epochs.map(({ loss }) => loss / 10);
      return gradientNormChart({ epochs, layers: { dense: norms(slow), dense_1: norms(fast) } }, options);
    },
  },
};

/** Trials of real losses: some pruned, one diverged. */
const trialsOf = ({ histories }: Trained["circle"]) =>
  Object.values(histories)[0]
    .epochs.slice(0, 24)
    .map(({ loss }, number) => ({
      number,
      ...(number !== 5 && { value: loss }),
      state: number === 5 ? ("diverged" as const) : number % 7 === 3 ? ("pruned" as const) : ("done" as const),
    }));
