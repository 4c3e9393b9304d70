/** Messages between the page and the worker that trains. */
import type { BackendName, ModelFiles } from "neuromotor";
import type { Settings } from "../settings/settings.js";

/** An order that takes over from the one before it, which ends where this one comes. */
export type Takeover =
  /** Begins a training anew; the page has no WebGPU where `mayUseGpu` is false. @param from - a model to go on from */
  | { do: "open"; settings: Settings; mayUseGpu: boolean; from?: ModelFiles }
  /** Trains until the epoch `until` is over, or until another order comes. */
  | { do: "play"; until?: number }
  | { do: "pause" }
  /** Goes to the place after so many steps, back or forth, and rests there. */
  | { do: "seek"; step: number };

/** An order of the page. Orders are taken in turn. */
export type Order =
  /** `order` counts them; when one is done, it is told. */
  | (Takeover & { order: number })
  /** The visitor's own table, for trainings that are opened from now on. */
  | { do: "file"; file: File }
  /** Steps a second at the most; as many as there can be where it is undefined. */
  | { do: "pace"; stepsPerSecond: number | undefined }
  /** The epoch to stop after. */
  | { do: "stopAt"; epoch: number | undefined }
  /** The learning rate from the next epoch on. */
  | { do: "rate"; learningRate: number }
  /** A question about the network as it is; the answer has the same number. */
  | { do: "ask"; id: number; question: Question; input: unknown }
  /** The last frame was drawn: the next one may come. */
  | { do: "drawn" };

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
  parameters: number;
  layers: readonly LayerOutline[];
  plane?: { points: Points; bounds: Bounds };
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
  rates: readonly { epoch: number; learningRate: number }[];
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

/** A row that the network was asked for. */
export interface AskedRow {
  /** Its place among the rows that were asked for. */
  row: number;
  /** In the data's own units, in the order of their names. */
  cells: readonly Cell[];
  /** By class. */
  probabilities: readonly number[];
}

/** Rows by their class and by what the network takes them for. */
export interface Confusion {
  /** Whether the rows were held out; where none were, they are those to learn from. */
  isHeldOut: boolean;
  /** [classes, classes] */
  counts: readonly (readonly number[])[];
  /** Some rows of each cell: [classes, classes, rows]. */
  samples: readonly (readonly (readonly AskedRow[])[])[];
}

/** Numbers to predict beside what the network says, in their own unit: some rows. */
export interface Estimates {
  isHeldOut: boolean;
  truths: readonly number[];
  estimates: readonly number[];
  /** Mean distance between the two, of all rows. */
  meanError: number;
}

export interface Histogram {
  lowest: number;
  highest: number;
  counts: readonly number[];
}

/** Numbers of a layer in a step. */
export interface LayerHealth {
  name: string;
  /** Root of the mean square. */
  weights: number;
  gradients: number;
  gradientHistogram: Histogram;
  /** Counts of weights in equal parts from the lowest to the highest. */
  histogram: Histogram;
  units: number;
  /** Neurons that put out the same for every row. */
  dead: number;
}

/** A quantity of a step, of which the first numbers are shown. */
export interface Quantity {
  /** As the library calls it: "dense.weight.gradient". */
  name: string;
  symbol: string;
  section: "given" | "forward" | "loss" | "backward" | "update";
  shape: readonly number[];
  equation?: string;
  where?: string;
  /** Number of its layer in the picture; undefined where it belongs to none. */
  layer?: number;
  /** The numbers as a table: all axes but the last downwards. */
  table: readonly (readonly number[])[];
  /** Columns of the whole table, and its rows. */
  columns: number;
  rows: number;
}

/** The training step on some rows. */
export interface StepView {
  rows: number;
  step: number;
  loss: number;
  quantities: readonly Quantity[];
}

/** Rows of a step: so many of those to learn from, from one on. */
export interface ChosenRows {
  first: number;
  count: number;
}

/** A number of a quantity, by its place in the whole table, counted row by row. */
export interface ChosenNumber {
  name: string;
  at: number;
}

/** A gradient beside the slope that is measured: the loss with a parameter a little larger and a little smaller. */
export interface SlopeCheck {
  gradient: number;
  by: number;
  above: number;
  below: number;
  slope: number;
}

/** An image that the visitor drew: [side, side], 0 to 1. */
export interface DrawnImage {
  side: number;
  pixels: Float32Array;
}

/** Answer of the network to it, and how it saw it. */
export interface Reading {
  /** By class. */
  probabilities: readonly number[];
  /** As the network takes it, [side, side]. */
  seen: Float32Array;
}

/** A row of those that were asked for, and what it was taken for. */
export interface ChosenRow {
  row: number;
  predicted: number;
}

/** Why the network takes a row for something: where it looks, and rows to learn from that are like it. */
export interface Why {
  /**
   * By each feature: how much the answer would gain on the true class, were the feature a little larger. Of an answer that
   * is right: how much it would gain.
   */
  slopes: readonly { name: string; slope: number }[];
  /** Of images: the slopes of all pixels, [side, side]. */
  map?: readonly number[];
  /** The nearest rows to learn from, the nearest first. */
  nearest: readonly { cells: readonly Cell[]; label: number; distance: number }[];
}

/** Inputs of questions. */
export interface Inputs {
  confusion: undefined;
  estimates: undefined;
  health: undefined;
  files: undefined;
  drawn: DrawnImage;
  why: ChosenRow;
  /** The language of the page that is made. */
  report: "en" | "es";
  step: ChosenRows;
  worked: ChosenNumber;
  check: ChosenRows & ChosenNumber;
}

/** Questions and what is answered. */
export interface Answers {
  step: StepView;
  /** How a number of the step that was shown last is worked out. */
  worked: string;
  check: SlopeCheck;
  drawn: Reading;
  why: Why;
  /** The page of the run, as text. */
  report: string;
  confusion: Confusion;
  estimates: Estimates;
  health: readonly LayerHealth[];
  /** The model as the files that the library saves. */
  files: ModelFiles;
}

export type Question = keyof Answers;

/** News from the worker. */
export type News =
  | { news: "table"; table: TableInfo }
  | { news: "opened"; info: RunInfo }
  | { news: "frame"; frame: Frame }
  /** An order that takes over is done. */
  | { news: "done"; order: number }
  | { news: "answer"; id: number; answer?: Answers[Question]; error?: string }
  /** `order`: the one that failed; undefined for what no order is to blame for. `isLost`: the GPU was. */
  | { news: "failed"; message: string; order?: number; isLost?: boolean };
