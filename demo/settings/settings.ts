import type { LeftOut } from "./left-out.js";

/** A training as plain data: what the page shows, a link holds, and the worker builds. */

/** Published images, which the visitor brings as files or asks the page to fetch. */
export type PublishedName = "mnist" | "fashionMnist";

/** Names of the data that the page can draw or load; `byHand` are points of the visitor's, `own` a table of theirs. */
export type DataName =
  | PublishedName
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

/** Layers beside fully connected ones, by names of the library; the first two take images. */
export const LAYER_KINDS = ["conv2d", "maxPool2d", "batchNorm", "layerNorm"] as const;

export type LayerKind = (typeof LAYER_KINDS)[number];

/** Whether a layer of this kind takes an image, and gives one. */
export const takesImage = (kind: LayerKind | undefined): boolean => kind === "conv2d" || kind === "maxPool2d";

/** A layer of a kind, as it is when it is added. */
export const freshLayer = (kind: LayerKind | "dense"): HiddenLayer => {
  if (kind === "dense") return { units: 16, activation: "relu" };
  if (kind === "conv2d") return { kind, units: 8, side: 3, stride: 1, activation: "relu" };
  return { kind, units: 2, activation: "linear" };
};

/** A layer between the features and the outputs. */
export interface HiddenLayer {
  /** Absent: fully connected. */
  kind?: LayerKind;
  /** Neurons; of a convolution its channels, of a pool the side of what becomes one; of a norm of no use. */
  units: number;
  /** Of fully connected layers and convolutions. */
  activation: ActivationChoice;
  /** Share of its outputs that each step of training leaves out; 0 where absent. */
  dropout?: number;
  /** Of a convolution: the side of what a neuron sees, and by how many pixels neurons lie apart. */
  side?: number;
  stride?: number;
}

/** How much images change at random in every epoch, as options of `fit`. */
export const augmentations = {
  none: undefined,
  little: { shift: 1, rotate: 10 },
  much: { shift: 2, rotate: 20, scale: 0.2, elastic: 2.5 },
} as const;

export type AugmentChoice = keyof typeof augmentations;

export const LOSSES = {
  classes: ["auto", "categoricalFocal"],
  two: ["auto", "focal"],
  number: ["auto", "meanAbsoluteError", "huber"],
} as const;

/** The losses to choose from for so many classes; undefined: a number. */
export const lossesFor = (classes: number | undefined): keyof typeof LOSSES =>
  classes === undefined ? "number" : classes === 2 ? "two" : "classes";

/** "auto": cross-entropy of classes, the squared error of numbers. */
export type LossChoice = (typeof LOSSES)[keyof typeof LOSSES][number];

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

export const INITIALIZERS = [
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "zeros",
] as const;

export type InitializerChoice = (typeof INITIALIZERS)[number];

export const BACKENDS = ["auto", "webgpu", "wasm", "cpu"] as const;

export type BackendChoice = (typeof BACKENDS)[number];

/** Kind of answer that a table is asked for; "auto": as its column says. */
export const TASKS = ["auto", "classification", "regression"] as const;

export type TaskChoice = (typeof TASKS)[number];

/** All that decides the numbers of a training, and the device that works them out. */
export interface Settings {
  data: DataName;
  /** Points that are drawn from a seed, or published images to learn from; of no use to other data. */
  rows: number;
  /** Standard deviation of what is added to drawn points. */
  noise: number;
  /** Points drawn by hand, as `points.ts` writes them. */
  points: string;
  /** The column of the visitor's table to predict; undefined: its last that can be. */
  target: string | undefined;
  leftOut: LeftOut;
  task: TaskChoice;
  /** Share of the rows that is held out; published images have a part of their own for that. */
  heldOut: number;
  layers: readonly HiddenLayer[];
  initializer: InitializerChoice;
  optimizer: OptimizerChoice;
  /** Those that aren't the optimizer's defaults. */
  numbers: Readonly<Partial<Record<OptimizerNumber, number>>>;
  learningRate: number;
  schedule: ScheduleChoice;
  loss: LossChoice;
  /** Of images. */
  augment: AugmentChoice;
  /** Penalties on the sum of weights' sizes and of their squares. */
  l1: number;
  l2: number;
  /** The epoch to stop after; undefined: none. */
  stopAt: number | undefined;
  /** Longest norm of a step's gradients; undefined: any. */
  clipNorm: number | undefined;
  batchSize: number;
  /** Of the split, first weights, and the order of rows. */
  seed: number;
  backend: BackendChoice;
}

/** Least and most of each number, and whether it is whole. */
export const RANGES = {
  rows: { least: 10, most: 60_000, whole: true },
  noise: { least: 0, most: 1, whole: false },
  heldOut: { least: 0, most: 0.9, whole: false },
  learningRate: { least: 0, most: 1e6, whole: false },
  batchSize: { least: 1, most: 4096, whole: true },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true },
  units: { least: 1, most: 512, whole: true },
  side: { least: 1, most: 7, whole: true },
  stride: { least: 1, most: 4, whole: true },
  l1: { least: 0, most: 10, whole: false },
  l2: { least: 0, most: 10, whole: false },
  stopAt: { least: 1, most: 1e6, whole: true },
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
