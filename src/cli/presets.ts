import type { ActivationName } from "../index.js";

export const SCHEDULES = [
  "constant",
  "cosine",
  "cosine-restarts",
  "step",
  "exponential",
  "polynomial",
  "one-cycle",
  "plateau",
  "warmup-cosine",
] as const;
export type ScheduleName = (typeof SCHEDULES)[number];
export type OptimizerName = (typeof OPTIMIZERS)[number];
export const OPTIMIZERS = [
  "adam",
  "adamw",
  "nadam",
  "adamax",
  "adagrad",
  "adadelta",
  "lion",
  "rmsprop",
  "sgd",
] as const;

/** How a data set is trained: what the options of `train` change. */
export interface Settings {
  /** Sizes of the hidden layers. */
  layers: readonly number[];
  activation: ActivationName;
  dropout: number;
  /** The optimizer's weight decay. */
  l2: number;
  /** Deviation of the noise on features, while training; none where absent. */
  inputNoise?: number;
  /** Longest norm of a unit's weights; any where absent. */
  maxNorm?: number;
  /** Longest norm of a step's gradients; any where absent. */
  clipNorm?: number;
  /** First weights of the hidden layers; chosen by the activation where absent. The last layer is glorotUniform. */
  initializer?: string;
  /** Cross-entropy for classes, squared error for numbers where absent. */
  loss?: string;
  /** What only some losses take. */
  lossOptions?: {
    labelSmoothing?: number;
    delta?: number;
    gamma?: number;
    alpha?: number;
    positiveWeight?: number;
  };
  optimizer: OptimizerName;
  learningRate: number;
  /** sgd and rmsprop only. */
  momentum: number;
  schedule: ScheduleName;
  epochs: number;
  batchSize: number;
  /** Rows that go through the network at a time; all of a batch where absent. */
  microBatchSize?: number;
  /** Fractions of all rows; 0 for no such part. */
  validation: number;
  test: number;
  /** Epochs without a better validation loss before training stops; 0 for never. */
  patience: number;
  /** Scale each feature to mean 0 and deviation 1 over the training part. */
  standardise: boolean;
}

const COMMON = {
  dropout: 0,
  optimizer: "adam",
  momentum: 0,
  schedule: "constant",
  test: 0.2,
  standardise: true,
} as const;

/**
 * Defaults of each sample, tuned on the seeds 101 to 140 (other splits and first weights than the ones that
 * test/cli/defaults.test.ts reports on).
 */
const samples: Record<string, Settings> = {
  // 97 rows are left to train on: without the strong L2 it learns single flowers by heart.
  iris: {
    ...COMMON,
    layers: [16, 8],
    activation: "relu",
    l2: 0.02,
    learningRate: 0.01,
    epochs: 200,
    batchSize: 16,
    validation: 0.15,
    patience: 20,
  },
  // Pixels are within 0 to 1 already; scaling each by its own deviation would blow up the rarely inked edge.
  digits: {
    ...COMMON,
    layers: [32],
    activation: "relu",
    l2: 1e-4,
    learningRate: 0.01,
    schedule: "cosine",
    epochs: 30,
    batchSize: 32,
    validation: 0.1,
    patience: 0, // the schedule ends the training: stopping early would keep its large steps
    standardise: false,
  },
  // Nearly linear and noisy: few smooth units and a strong L2.
  diabetes: {
    ...COMMON,
    layers: [16],
    activation: "tanh",
    l2: 0.1,
    learningRate: 1e-3,
    epochs: 100,
    batchSize: 32,
    validation: 0.1,
    patience: 10,
  },
  // Two hidden units are enough to tell its rows apart, but one start in two gets stuck; with six none of 500 did.
  xor: {
    ...COMMON,
    layers: [6],
    activation: "tanh",
    loss: "sigmoidCrossEntropy",
    l2: 0,
    learningRate: 0.1,
    epochs: 200,
    batchSize: 4,
    test: 0,
    validation: 0,
    patience: 0,
    standardise: false,
  },
};

/** For a data set of the user's own: a size that learns most tables, held back by early stopping. */
const anyTable: Settings = {
  ...COMMON,
  layers: [32],
  activation: "relu",
  l2: 1e-3,
  learningRate: 5e-3,
  epochs: 200,
  batchSize: 32,
  validation: 0.15,
  patience: 15,
};

/** With fewer rows than this, parts of them say nothing: all are trained on. */
const LEAST_ROWS_TO_SPLIT = 20;

/** Optimizers that Adam's rate doesn't suit, with one that does. */
const LEARNING_RATES: Partial<Record<OptimizerName, number>> = { sgd: 0.05, adagrad: 0.05, adadelta: 1, lion: 5e-4 };

/**
 * The settings of a data set, with those that were asked for instead of its own.
 *
 * @param sample - the sample's name; undefined for a file
 */
export function settingsFor(sample: string | undefined, rows: number, asked: Partial<Settings>): Settings {
  const preset = (sample && samples[sample]) || anyTable;
  const settings = { ...preset };
  if (rows < LEAST_ROWS_TO_SPLIT) Object.assign(settings, { test: 0, validation: 0 });
  settings.learningRate = LEARNING_RATES[asked.optimizer ?? settings.optimizer] ?? settings.learningRate;
  Object.assign(settings, Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)));
  // Without a validation part the training loss would be watched, which says nothing of when to stop.
  if (settings.validation === 0 && asked.patience === undefined) settings.patience = 0;
  return settings;
}

/** The defaults as lines of help. */
export function describePresets(): string {
  const line = (name: string, preset: Settings) =>
    `  ${name.padEnd(10)}--layers ${preset.layers} --activation ${preset.activation} --lr ${preset.learningRate} ` +
    `--l2 ${preset.l2} --epochs ${preset.epochs} --batch-size ${preset.batchSize} --validation ${preset.validation}` +
    `${preset.patience ? ` --early-stopping ${preset.patience}` : ""}` +
    `${preset.schedule === "constant" ? "" : ` --schedule ${preset.schedule}`}`;
  return [...Object.entries(samples), ["a CSV", anyTable] as const]
    .map(([name, preset]) => line(name, preset))
    .join("\n");
}
