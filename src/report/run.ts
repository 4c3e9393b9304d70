import type { GradientNorms } from "../charts/gradient-norms.js";
import type { ActivationCurve, DecisionSurface, SearchedSetting } from "../charts/index.js";

/** The parts of the data. */
export type PartName = "train" | "validation" | "test";

/**
 * Data of a training that a report is made from. Parts that aren't known are left out, and so is what the page would say of
 * them. As JSON (typed arrays as plain ones) it is `run.json` of a run's folder.
 */
export interface Run {
  kind?: "run";
  /** Name of the run: "titanic". */
  name: string;
  /** The command line, or the lines of a program, that do it again. */
  command?: string;
  /** When it ended, ISO 8601. */
  ended?: string;
  /** "stopped" by early stopping, "diverged" into NaN; "done" after all epochs. */
  state?: "done" | "stopped" | "diverged";
  /** More about the end, such as the message of what went wrong. */
  note?: string;
  /** Of split, first weights, shuffles and dropout. */
  seed?: number;
  /** Settings by name, as they were in force. */
  configuration?: Readonly<Record<string, unknown>>;
  /** Versions and device of the run: { neuromotor: "0.1.0", device: "...", Node: "v20.19.0" }. */
  environment?: Readonly<Record<string, string>>;
  /** Wall-clock time of the training. */
  seconds?: number;
  data?: RunData;
  model?: RunModel;
  history?: RunHistory;
  /** Scores of each part by name, without dropout. */
  scores?: Readonly<Partial<Record<PartName, Readonly<Record<string, number>>>>>;
  predictions?: Predictions;
  /** Of a model of text. */
  text?: RunText;
  /** Of a series, whose rows are in the order of time. */
  series?: RunSeries;
  /** The model's answer over two features, where it has just these. */
  surface?: DecisionSurface;
}

/** The data of a run, for its report. */
export interface RunData {
  /** Name of the data set or file. */
  name: string;
  /** Name of the target, with its unit. */
  target?: string;
  rows: Readonly<Partial<Record<PartName, number>>>;
  /** Features of a row. */
  features?: number;
  /** Names of the cells of a sample. */
  featureNames?: readonly string[];
  /** Shape of a row that is an image. */
  image?: ImageShape;
  /** Number of rows of each class in a part; [classes]. */
  frequencies?: Readonly<Partial<Record<PartName, readonly number[]>>>;
  classNames?: readonly string[];
  /** Some rows of the training part, as they are. */
  samples?: readonly Sample[];
  /** A hash of features and labels. */
  fingerprint?: string;
}

/** Images as rows of numbers: [height, width, channels]. */
export interface ImageShape {
  /** In pixels. */
  height: number;
  /** In pixels. */
  width: number;
  /** 1: grey; 3: red, green, blue. */
  channels: number;
}

/** A row of data, for people. */
export interface Sample {
  /** Number of the row in the data set, from 0. */
  row: number;
  /** True class or number of the row. */
  label?: string;
  /** Numbers of an image [height, width, channels], or the first cells of a table's row. */
  cells: readonly (string | number)[] | Float32Array;
}

/** A model of text, for its report: how well it foretells tokens is among the scores. */
export interface RunText {
  /** Part that the page tells of: that of tokens held out, where there is one. */
  part: PartName;
  /** Tokens of that part. */
  tokens: number;
  /** Different tokens of the vocabulary. */
  vocabulary: number;
  /** The perplexity of guessing by how often each token occurs in the part. */
  byFrequency: number;
  /** The text that samples go on from. */
  prompt?: string;
  /** Texts that the model wrote, by the epoch after which it did. */
  samples?: readonly { readonly epoch: number; readonly text: string }[];
  /** Shares that the first places of a row give each other, of each head of attention: [queries, keys] in a row. */
  attention?: {
    readonly tokens: readonly string[];
    readonly maps: readonly { readonly layer: string; readonly head: number; readonly shares: readonly number[] }[];
  };
}

/** A series, for its report. */
export interface RunSeries {
  /** Place in the series of the first number that is predicted in the part that the page tells of, counted from 1. */
  first: number;
  /** Numbers that are predicted for the places after the last, each from those before it, in the target's own unit. */
  next?: readonly number[];
}

/** The model of a run, for its report. */
export interface RunModel {
  /** Shape of a sample. */
  input: readonly number[];
  layers: readonly RunLayer[];
  /** Trainable numbers in all. */
  parameters: number;
  /** Curves of the activations it uses. */
  activations?: readonly ActivationCurve[];
  /** Outputs of its first convolution for a sample. */
  maps?: FeatureMaps;
  /** Slopes of the predicted outputs of some samples by their pixels. */
  slopes?: readonly SampleSlopes[];
}

/** A layer of a run's model, for its report. */
export interface RunLayer {
  name: string;
  kind: string;
  /** Shape of the output for a sample. */
  output: readonly number[];
  /** Trainable numbers of the layer. */
  parameters: number;
  activation?: string;
  /** [inputs, units], row-major, of a dense layer; of a convolution that sees the images, [...kernel, filters]. */
  weights?: ArrayLike<number>;
  /** Shape of a convolution's kernels. */
  kernel?: ImageShape;
}

/** Outputs of a convolution for a sample, as grey images from 0 to 255. */
export interface FeatureMaps {
  layer: string;
  /** Number of the row in the data set, from 0. */
  row: number;
  /** In pixels. */
  height: number;
  /** In pixels. */
  width: number;
  /** Of each filter [height, width], on one scale. */
  maps: readonly (readonly number[])[];
}

/** The size of the slope of a sample's predicted output by each pixel, from 0 to 255. */
export interface SampleSlopes {
  /** Place among the predictions. */
  place: number;
  /** [height, width], the largest of a pixel's channels. */
  pixels: readonly number[];
}

/** The epochs of a run, for its report. */
export interface RunHistory {
  /** As `trainer.fit` gives them, with scores by name. */
  epochs: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly validation?: { readonly loss: number };
  }[];
  /** The epoch whose parameters the model has: the last where absent, an earlier one that early stopping went back to. */
  kept?: number;
  gradientNorms?: GradientNorms;
}

/** Predictions for the rows of one part, beside the truth. */
export type Predictions = ClassPredictions | LabelPredictions | ValuePredictions;

interface PredictedRows {
  /** The part that they are of: "test" where rows were held out. */
  part: PartName;
  /** [rows], numbers of the rows in the data set, from 0. */
  rows?: ArrayLike<number>;
  /** Rows worth looking at, with their places among these predictions. */
  samples?: readonly (Sample & { place: number })[];
}

/** One class a row. */
export interface ClassPredictions extends PredictedRows {
  task: "classes";
  classNames: readonly string[];
  /** [rows], class indices */
  truth: ArrayLike<number>;
  /** [rows], class indices */
  predicted: ArrayLike<number>;
  /** [rows, classes], or [rows] of the second of two; where the loss gives probabilities. */
  probabilities?: ArrayLike<number>;
}

/** Any number of labels a row. */
export interface LabelPredictions extends PredictedRows {
  task: "labels";
  labelNames: readonly string[];
  /** [rows, labels], 0 or 1 */
  truth: ArrayLike<number>;
  /** [rows, labels] */
  probabilities: ArrayLike<number>;
}

/** Numbers. */
export interface ValuePredictions extends PredictedRows {
  task: "values";
  targets: readonly { name: string; truth: ArrayLike<number>; predicted: ArrayLike<number> }[];
}

/** Runs side by side: what `compare`, a grid and a sweep give. */
export interface Comparison {
  kind: "comparison";
  name: string;
  command?: string;
  /** The score that they are compared by. */
  score: string;
  better: "higher" | "lower";
  /** The part that it is of. */
  part?: PartName;
  runs: readonly ComparedRun[];
}

/** A run among those that a comparison puts side by side. */
export interface ComparedRun {
  name: string;
  configuration: Readonly<Record<string, unknown>>;
  /** Of the run. */
  seed?: number;
  /** Of the comparison's part, by name; absent or NaN where it diverged. */
  scores: Readonly<Record<string, number>>;
  /** Of the other parts. */
  others?: Readonly<Partial<Record<PartName, Readonly<Record<string, number>>>>>;
  /** Name of the data set that it was trained on. */
  data?: string;
  history?: RunHistory;
  state?: Run["state"] | "pruned";
  /** Wall-clock time of the training. */
  seconds?: number;
  /** Address of the run's own report, relative to this page. */
  href?: string;
}

/** A search for the best settings: what `sweep` did. */
export interface Search {
  kind: "search";
  name: string;
  command?: string;
  /** Scores that trials are compared by; the first one decides. */
  objectives: readonly SearchObjective[];
  /** Settings that were searched. */
  settings: readonly SearchedSetting[];
  /** In the order of their numbers. */
  trials: readonly SearchTrial[];
}

/** A score that a search makes large or small. */
export interface SearchObjective {
  /** Name of the score: "loss". */
  score: string;
  better: "higher" | "lower";
  /** The part that it is of. */
  part?: PartName;
}

/** A trial of a search. */
export interface SearchTrial {
  /** Counts from 0. */
  number: number;
  /** By the settings' names: numbers, or the texts of choices. */
  settings: Readonly<Record<string, number | string>>;
  /** [objectives]; where it was pruned, those of its last epoch; absent where it diverged. */
  values?: readonly number[];
  /** How it ended; "done". */
  state?: "done" | "pruned" | "diverged";
  /** The first objective by epoch. */
  course?: readonly { epoch: number; value: number }[];
  /** Wall-clock time of its training. */
  seconds?: number;
}

/** Published experiments done again. */
export interface Reproduction {
  kind: "reproduction";
  name: string;
  command?: string;
  rows: readonly ReproducedRow[];
}

/** A published figure, and ours. */
export interface ReproducedRow {
  /** "A4" */
  id: string;
  /** Title of the publication: each has pictures of its own. */
  group?: string;
  /** Description of the experiment: "MNIST 784-128-64-10, Adam". */
  item: string;
  /** Name of the score. */
  score?: string;
  better?: "higher" | "lower";
  /** The published figure. */
  published?: number;
  /** Our figure: the mean over the seeds. */
  mean?: number;
  /** Standard deviation over the seeds. */
  deviation?: number;
  /** Trainings that the mean is of. */
  seeds?: number;
  /** Wall-clock time of all of them. */
  seconds?: number;
  /** A plain word: "reached", "missed", "diverged", "no data". */
  verdict: string;
  /** Whether the result is as good as published; null where the two can't be compared. Worked out from both by default. */
  reached?: boolean | null;
  /** Choices made where the publication is silent. */
  note?: string;
}

/** The subjects of a report: a training, a comparison of several, a search, published experiments done again. */
export type ReportSubject = Run | Comparison | Search | Reproduction;
