/** A training as plain data: what the page shows, a link holds, and the worker builds. */

/** Names of the data that the page can draw or load; `byHand` are points of the visitor's, `own` a table of theirs. */
export type DataName =
  | "xor"
  | "moons"
  | "circles"
  | "spirals"
  | "blobs"
  | "checkerboard"
  | "byHand"
  | "iris"
  | "wine"
  | "breastCancer"
  | "diabetes"
  | "digits"
  | "syntheticDigits"
  | "own";

export const ACTIVATIONS = ["tanh", "relu", "sigmoid", "gelu", "silu", "linear"] as const;

export type ActivationChoice = (typeof ACTIVATIONS)[number];

/** A fully connected layer between the features and the outputs. */
export interface HiddenLayer {
  units: number;
  activation: ActivationChoice;
  /** Share of its outputs that each step of training leaves out; 0 where absent. */
  dropout?: number;
}

/** Names of the library. */
export type OptimizerChoice =
  | "sgd"
  | "rmsprop"
  | "adagrad"
  | "adadelta"
  | "adam"
  | "adamw"
  | "adamax"
  | "nadam"
  | "lion";

/** A number that some optimizers take beside the learning rate. */
export type OptimizerNumber = "momentum" | "beta1" | "beta2" | "weightDecay";

/** How the learning rate goes over the epochs: names of the library, with the options that the page has for them. */
export const schedules = {
  constant: {},
  exponentialDecay: { factor: 0.98 },
  stepDecay: { every: 50, factor: 0.5 },
  cosineAnnealing: { period: 200 },
} as const;

export type ScheduleChoice = keyof typeof schedules;

export const INITIALIZERS = ["glorotUniform", "glorotNormal", "heUniform", "heNormal", "zeros"] as const;

export type InitializerChoice = (typeof INITIALIZERS)[number];

export const BACKENDS = ["auto", "webgpu", "wasm", "cpu"] as const;

export type BackendChoice = (typeof BACKENDS)[number];

/** What is predicted of a table; "auto": as its column says. */
export const TASKS = ["auto", "classification", "regression"] as const;

export type TaskChoice = (typeof TASKS)[number];

/** All that decides the numbers of a training, and the device that works them out. */
export interface Settings {
  data: DataName;
  /** Points that are drawn from a seed; of no use to data that are loaded. */
  rows: number;
  /** Standard deviation of what is added to drawn points. */
  noise: number;
  /** Points drawn by hand, as `points.ts` writes them. */
  points: string;
  /** The column of the visitor's table to predict; undefined: its last that can be. */
  target: string | undefined;
  /** Columns of the visitor's table that aren't learned from. */
  ignored: readonly string[];
  task: TaskChoice;
  /** Share of the rows that is held out. */
  heldOut: number;
  layers: readonly HiddenLayer[];
  initializer: InitializerChoice;
  optimizer: OptimizerChoice;
  /** Those that aren't the optimizer's defaults. */
  numbers: Readonly<Partial<Record<OptimizerNumber, number>>>;
  learningRate: number;
  schedule: ScheduleChoice;
  /** Longest norm of a step's gradients; undefined: any. */
  clipNorm: number | undefined;
  batchSize: number;
  /** Of the split, first weights, and the order of rows. */
  seed: number;
  backend: BackendChoice;
}

/** Least and most of each number, and whether it is whole. */
export const RANGES = {
  rows: { least: 10, most: 2000, whole: true },
  noise: { least: 0, most: 1, whole: false },
  heldOut: { least: 0, most: 0.9, whole: false },
  learningRate: { least: 0, most: 1e6, whole: false },
  batchSize: { least: 1, most: 4096, whole: true },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true },
  units: { least: 1, most: 512, whole: true },
  dropout: { least: 0, most: 0.95, whole: false },
  momentum: { least: 0, most: 0.9999, whole: false },
  beta1: { least: 0, most: 0.9999, whole: false },
  beta2: { least: 0, most: 0.99999, whole: false },
  weightDecay: { least: 0, most: 10, whole: false },
  clipNorm: { least: 1e-6, most: 1e6, whole: false },
  /** Rows of the step that is looked into. */
  first: { least: 1, most: 1e6, whole: true },
  count: { least: 1, most: 8, whole: true },
} as const;

export type RangeName = keyof typeof RANGES;

/** The most layers that can be seen side by side. */
export const MOST_LAYERS = 6;

/** Whether a number lies in its range. */
export function isInRange(name: RangeName, value: number): boolean {
  const { least, most, whole } = RANGES[name];
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}
