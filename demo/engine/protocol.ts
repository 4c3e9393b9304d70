/** Messages between the page and the worker that trains. */
import type { BackendName, ModelFiles, Scores } from "neuromotor";
import type { Settings } from "../settings/settings.js";

/** An order of the page. Orders are taken in turn; one that trains ends where the next one comes. */
export type Order =
  /** Begins a training anew; the page has no WebGPU where `mayUseGpu` is false. */
  | { do: "open"; settings: Settings; mayUseGpu: boolean }
  /** Trains until the epoch `until` is over, or until another order comes. */
  | { do: "play"; until?: number }
  | { do: "pause" }
  /** Goes to the place after so many steps, back or forth, and rests there. */
  | { do: "seek"; step: number }
  /** Steps a second at the most; as many as there can be where it is undefined. */
  | { do: "pace"; stepsPerSecond: number | undefined }
  /** The learning rate from the next epoch on. */
  | { do: "rate"; learningRate: number }
  /** A question about the network as it is; the answer has the same number. */
  | { do: "ask"; id: number; question: Question }
  /** The last frame was drawn: the next one may come. */
  | { do: "drawn" };

/** Rows as points of the plane: [rows, 2] in the data's own units, their classes, and which are held out. */
export interface Points {
  places: Float32Array<ArrayBuffer>;
  classes: Uint8Array<ArrayBuffer>;
  heldOut: Uint8Array<ArrayBuffer>;
}

/** The part of the plane that is shown. */
export interface Bounds {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** A fully connected layer as it is drawn. */
export interface LayerOutline {
  name: string;
  inputs: number;
  units: number;
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
  featureNames: readonly string[];
  classNames: readonly string[];
  stepsPerEpoch: number;
  parameters: number;
  layers: readonly LayerOutline[];
  plane?: { points: Points; bounds: Bounds };
}

/** Scores at the end of an epoch. */
export interface EpochPoint extends Scores {
  epoch: number;
  heldOut?: Scores;
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
  /** Outputs of each neuron over the plane, [SIDE x SIDE, units of all layers]; probabilities for the last layer. */
  responses?: Float32Array<ArrayBuffer>;
}

/** A row that the network was asked for. */
export interface AskedRow {
  /** In the data's own units, in the order of the features. */
  features: readonly number[];
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

/** Numbers of a layer in a step. */
export interface LayerHealth {
  name: string;
  /** Root of the mean square. */
  weights: number;
  gradients: number;
  /** Counts of weights in equal parts from the lowest to the highest. */
  histogram: { lowest: number; highest: number; counts: readonly number[] };
  units: number;
  /** Neurons that put out the same for every row. */
  dead: number;
}

/** Questions and what is answered. */
export interface Answers {
  confusion: Confusion;
  health: readonly LayerHealth[];
  /** The model as the files that the library saves. */
  files: ModelFiles;
}

export type Question = keyof Answers;

/** Why a training rests. */
export type Rest = "paused" | "goal";

/** News from the worker. */
export type News =
  | { news: "opened"; info: RunInfo }
  | { news: "frame"; frame: Frame }
  | { news: "rests"; why: Rest }
  | { news: "answer"; id: number; answer?: Answers[Question]; error?: string }
  | { news: "failed"; message: string };
