import type { Monitor } from "../../core/monitor.js";
import type { OptionNames } from "../../core/options.js";
import type { Dataset } from "../../data/dataset.js";
import type { Table } from "../../data/table/table.js";
import type { Tokenizer } from "../../data/text/tokenizer.js";
import type { History } from "../../training/history.js";
import type { ImageShape, PartName, Run, RunSeries, RunText } from "../run.js";

/** Options of `describeRun`. */
export interface DescribeOptions {
  /** Name of the run; the training data's name by default. */
  name?: string;
  /** History that `fit` returned. */
  history?: History;
  /** The epoch whose parameters the model has, where early stopping went back to it. */
  kept?: number;
  /** The parts of the data as the model sees them. */
  train: Dataset;
  validation?: Dataset;
  /** Rows held out: what the report's figures are of. Where absent, those of the validation or the training part. */
  test?: Dataset;
  /** The same parts as people read them, before they were scaled. */
  readable?: { train: Dataset; validation?: Dataset; test?: Dataset };
  /** The table that the parts were made of, whose cells and units are shown then: its rows are those of `rowsOf`. */
  table?: Table;
  /** Rows of the data set that are in each part, from 0. */
  rowsOf?: Readonly<Partial<Record<PartName, ArrayLike<number>>>>;
  /**
   * The target's own units, where it was scaled for training: what comes of the numbers that the model puts out, [rows,
   * ...output] to the same shape.
   */
  unscale?: (values: Float32Array) => ArrayLike<number>;
  /** Shape of rows that are images; by default that of a sample if it is [height, width, channels]. */
  image?: ImageShape;
  /** Of a model of text: its tokenizer, and what it wrote while it was trained. */
  text?: Pick<RunText, "prompt" | "samples"> & { tokenizer: Pick<Tokenizer, "size" | "decode"> };
  /** Of a series: where its rows stand, and what follows them. */
  series?: RunSeries;
  /** Norms that a `gradientRecorder` took down. */
  gradientNorms?: NonNullable<Run["history"]>["gradientNorms"];
  /** Scores of each part, where they are known already. */
  scores?: Run["scores"];
  /** Seed that the training was given, for the page. */
  seed?: number;
}

/** Options of `describeSweep`. */
export interface DescribeSweepOptions {
  /** Of the sweep: the data's, for instance. */
  name: string;
  /** The command line, or the lines of a program, that do it again. */
  command?: string;
  /** Scores that the sweep compared its trials by, as it was given them; the loss. "parameters" and "seconds" are known, too. */
  objectives?: readonly Monitor[];
  /** The part that they are of; "validation". */
  part?: PartName;
}

export const DESCRIBE: OptionNames<DescribeOptions> = {
  name: true,
  history: true,
  kept: true,
  train: true,
  validation: true,
  test: true,
  readable: true,
  table: true,
  rowsOf: true,
  unscale: true,
  image: true,
  text: true,
  series: true,
  gradientNorms: true,
  scores: true,
  seed: true,
};

/** Fields of a split beside its parts, ignored here: `describeRun(trainer, { ...split, history })`. */
export const BESIDE_PARTS = { standardiser: true, targetStandardiser: true, preprocessing: true, rows: true };
