/** Questions about a network as it is, and their answers. */
import type { ModelFiles } from "neuromotor";
import type { Cell, Past } from "./run.js";

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
  /** Of images and what convolutions make of them: some, [side, side] each. */
  pictures: readonly (readonly number[])[];
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

/** Metadata of a model that the page saved. */
export interface SavedByPage {
  address: string;
  past: Past;
}

/** Inputs of questions. */
export interface Inputs {
  confusion: undefined;
  estimates: undefined;
  health: undefined;
  launches: undefined;
  /** The address of the settings as they are now, which goes with the model. */
  files: string | undefined;
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
  /** Launches of kernels for a step. */
  launches: number;
  /** The model as the files that the library saves. */
  files: ModelFiles;
}

export type Question = keyof Answers;
