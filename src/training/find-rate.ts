import { ArgumentError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import type { Dataset } from "../data/dataset.js";
import type { DeviceMemory } from "./device-memory.js";
import { type EncodedDataset, encode } from "./encode.js";
import { epochOrder, Steps } from "./epochs.js";
import { type TrainingSpec, trainingGraph } from "./graphs.js";
import { slotCount } from "./heads.js";
import { microBatchOf } from "./micro-batch.js";
import { loadPass } from "./pass.js";
import { StepResults, totalLoss } from "./results.js";

/** Options of `Trainer.findLearningRate`. */
export interface RateSearchOptions {
  /** The first and lowest rate; 1e-6. */
  from?: number;
  /** The last and highest rate; 10. */
  to?: number;
  /** Steps between them; those of one pass over the data, but at least 100 and at most 1000. */
  steps?: number;
  /** Rows per step; 32. */
  batchSize?: number;
  /** Rows of a batch that go through the network at a time; all of them. */
  microBatchSize?: number;
  /** Of the order of rows and of dropout; the model's. */
  seed?: number;
}

/** Losses of training at each rate, up to where one was NaN or infinite. */
export interface RateSearch {
  rates: number[];
  /** Mean loss of each step's batch. */
  losses: number[];
  /** Means of the losses around each step, over a tenth of all steps. */
  smoothed: number[];
  /** Where the smoothed loss falls fastest; absent where it doesn't fall. */
  suggestion?: number;
}

const FEWEST_STEPS = 100;
const MOST_STEPS = 1000;

/** The share of all steps on either side that losses are averaged over. */
const SMOOTHING = 0.05;

/**
 * Trains with rates that rise exponentially from step to step, and puts parameters and optimizer state back afterwards
 * (the learning rate range test: Smith, "Cyclical learning rates for training neural networks", 2017).
 *
 * @throws ArgumentError when an option is out of range
 */
export async function findRateOn(
  spec: TrainingSpec,
  memory: DeviceMemory,
  data: Dataset,
  options: RateSearchOptions,
): Promise<RateSearch> {
  const {
    from,
    to,
    batchSize,
    seed,
    steps: wanted,
    microBatchSize,
  } = optionsOf("findLearningRate", options, {
    from: 1e-6,
    to: 10,
    steps: undefined,
    batchSize: 32,
    microBatchSize: undefined,
    seed: spec.model.seed,
  });
  if (!(from > 0 && to > from && Number.isFinite(to))) {
    throw new ArgumentError(`findLearningRate: from must be above 0 and below to, got from ${from} to ${to}.`);
  }
  const perEpoch = Math.ceil(data.rows / Math.min(checkCount("findLearningRate: batchSize", batchSize), data.rows));
  const usual = Math.min(Math.max(perEpoch, FEWEST_STEPS), MOST_STEPS);
  const count = checkCount("findLearningRate: steps", wanted ?? usual);
  const rates = Array.from({ length: count }, (_, i) => from * (to / from) ** (i / Math.max(count - 1, 1)));

  const epochs = Math.ceil(count / perEpoch);
  const source = encode(spec, data, batchSize, epochs);
  source.shapes.microBatch = microBatchOf(microBatchSize, source.shapes.batch);
  const trace = (shapes: EncodedDataset["shapes"]) => trainingGraph(spec, shapes).roots;
  const pass = await loadPass(memory, { label: "rate search", trace }, source);
  const { hyperparameters } = spec.optimizer;
  const training = { seed, step: 0, epochs, learningRate: (step: number) => rates[step], hyperparameters };
  const steps = new Steps(data.rows, pass.batch, training).part(0, count);
  const order = new Uint32Array(epochs * data.rows);
  for (let i = 0; i < epochs; i++) order.set(epochOrder(data.rows, i, seed, true), i * data.rows);
  memory.keep("rate search", "all");
  try {
    const [words] = await memory.read([await pass.run(steps, order.subarray(0, steps.place(count)))]);
    const results = new StepResults(words, slotCount(spec.heads));
    let finite = 0;
    while (finite < count && results.isFinite(finite)) finite++;
    const losses = Array.from({ length: finite }, (_, step) =>
      totalLoss(spec.heads, (slot) => results.value(step, slot)),
    );
    const smoothed = smooth(losses, Math.round(count * SMOOTHING));
    return { rates: rates.slice(0, finite), losses, smoothed, ...suggest(rates, smoothed) };
  } finally {
    memory.restore("rate search");
    memory.forget("rate search");
    pass.dispose();
  }
}

/** Means over so many values on either side; fewer at the ends, as many on one side as on the other. */
function smooth(values: readonly number[], width: number): number[] {
  return values.map((_, i) => {
    const reach = Math.min(width, i, values.length - 1 - i);
    const around = values.slice(i - reach, i + reach + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

/** Before its minimum the loss falls fastest, per decade of rate, at the suggested rate. */
function suggest(rates: readonly number[], smoothed: readonly number[]): { suggestion?: number } {
  const lowest = smoothed.indexOf(Math.min(...smoothed));
  let best: { slope: number; rate?: number } = { slope: 0 };
  for (let i = 1; i < lowest; i++) {
    const slope = smoothed[i + 1] - smoothed[i - 1];
    if (slope < best.slope) best = { slope, rate: rates[i] };
  }
  return best.rate === undefined ? {} : { suggestion: best.rate };
}
