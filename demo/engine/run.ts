/** Facts of a training, and of its moments, as the page is told them. */
import type { BackendName } from "neuromotor";

/** A cell of a row as it is shown: a number, a name, or a gap. */
export type Cell = number | string | undefined;

/** A column of the visitor's table, as the library takes it. */
export interface TableColumn {
  name: string;
  kind: string;
  role: string;
  /** Rows without a value. */
  missing: number;
  /** Why it is taken for that, in the library's words. */
  reason: string;
}

/** The visitor's table. */
export interface TableInfo {
  file: string;
  /** Checksum of the columns' names. */
  header: string;
  /** 0 where none could be read with this column to predict. */
  rows: number;
  target: string | undefined;
  /** Columns that can be predicted. */
  candidates: readonly string[];
  columns: readonly TableColumn[];
  /** Remarks of the library, in its words. */
  notes: readonly string[];
}

/** Rows as points of the plane: [rows, 2] in the data's own units, class or number of each, and which are held out. */
export interface Points {
  places: Float32Array<ArrayBuffer>;
  labels: Float32Array<ArrayBuffer>;
  heldOut: Uint8Array<ArrayBuffer>;
}

/** The part of the plane that is shown. */
export interface Bounds {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** A layer with weights as it is drawn. */
export interface LayerOutline {
  name: string;
  /** Numbers that a neuron takes, and neurons; of a convolution channels. */
  inputs: number;
  units: number;
  isConvolution: boolean;
}

/** Facts of a training once it is open. */
export interface RunInfo {
  /** Counts the trainings of this visit. */
  run: number;
  backend: BackendName;
  /** The device in the library's words. */
  device: string;
  trainRows: number;
  heldOutRows: number;
  /** Kind of answer: one of some classes, or a number. */
  task: "classes" | "number";
  featureNames: readonly string[];
  /** Names of a row's cells, as they are shown. */
  cellNames: readonly string[];
  /** Of a number to predict: its own name. */
  classNames: readonly string[];
  stepsPerEpoch: number;
  /** Steps that were done before: of a model that was brought. There is no way back beyond them. */
  firstStep: number;
  /** Whether the weights to begin with are of a model that the page's settings alone don't give. */
  isOfOtherWeights: boolean;
  parameters: number;
  layers: readonly LayerOutline[];
  plane?: { points: Points; bounds: Bounds };
  /** Of rows that are neither points nor images: how many lie in each part of each feature's range. */
  spreads?: readonly (readonly number[])[];
  /** Side of rows that are images. */
  side?: number;
}

/** An image that the network looks at, and what its convolutions make of it. */
export interface SampleView {
  /** [side, side] */
  pixels: Float32Array<ArrayBuffer>;
  /** Of each layer with weights: [side, side, channels] of a convolution, [neurons] of another. */
  outputs: { side: number; values: Float32Array<ArrayBuffer> }[];
}

/** Scores of rows: `score` is the accuracy of classes; of numbers the share of their variance that is explained, R². */
export interface PartScores {
  loss: number;
  score: number;
}

/** Scores at the end of an epoch. */
export interface EpochPoint extends PartScores {
  epoch: number;
  heldOut?: PartScores;
}

/** A learning rate, and the number of epochs that were done when it was chosen. */
export interface Rate {
  epoch: number;
  learningRate: number;
}

/** What a training was before, as its curves and its rates tell. */
export interface Past {
  /** The first after 0 epochs. */
  rates: readonly Rate[];
  points?: readonly EpochPoint[];
  /** One epoch in so many is in `points`; 1. */
  stride?: number;
}

/** The places of the plane at which neurons are asked: so many along each side. */
export const SIDE = 48;

/** All that is drawn of one moment of a training. */
export interface Frame {
  run: number;
  step: number;
  epoch: number;
  /** Of the next epoch. */
  learningRate: number;
  isTraining: boolean;
  /** Epochs that ended since the frame before. */
  ended: EpochPoint[];
  /** One epoch in so many is kept. */
  stride: number;
  /** The last epoch of which scores are known: points of later ones were forgotten. */
  lastEpoch: number;
  stepsPerSecond: number;
  /** Learning rates by the epochs after which they were chosen; the first after 0. */
  rates: readonly Rate[];
  /** The farthest step that was trained so far. */
  farthest: number;
  /** Each layer's weight [inputs, units] and bias [units]. */
  weights: { weight: Float32Array<ArrayBuffer>; bias: Float32Array<ArrayBuffer> }[];
  /** How strongly each neuron hangs on each one drawn before it, [before, units], where that isn't the weight itself. */
  lines: (Float32Array<ArrayBuffer> | undefined)[];
  sample?: SampleView;
  /** Outputs of each neuron over the plane, [SIDE x SIDE, units of all layers]; probabilities for the last layer. */
  responses?: Float32Array<ArrayBuffer>;
}
