import type { ActivationCurve, ChartSpecification, GradientNorms } from "../charts/index.js";
import type { Dataset } from "../data/dataset.js";
import type { Language } from "../language/index.js";
import type { Model } from "../model/model.js";
import type { Activation } from "../ops/activations.js";
import type { Sweep } from "../sweep/runs.js";
import type { Callback } from "../training/callbacks.js";
import type { Trainer } from "../training/trainer.js";
import type { DescribeOptions, DescribeSweepOptions } from "./describe/options.js";
import type { ReportSubject, Run, RunModel, Search } from "./run.js";

export type { DescribeOptions, DescribeSweepOptions } from "./describe/options.js";
export type {
  ClassPredictions,
  ComparedRun,
  Comparison,
  FeatureMaps,
  ImageShape,
  LabelPredictions,
  PartName,
  Predictions,
  ReportSubject,
  ReproducedRow,
  Reproduction,
  Run,
  RunData,
  RunHistory,
  RunLayer,
  RunModel,
  RunSeries,
  RunText,
  Sample,
  SampleSlopes,
  Search,
  SearchObjective,
  SearchTrial,
  ValuePredictions,
} from "./run.js";

/** Options of `report`. */
export interface ReportOptions {
  /** Of everything the page says; "en". */
  language?: Language;
}

/** A chart of a report: what it is called, and its specification, for `drawChart`. */
export interface ReportChart {
  /** Of a file: "confusion-matrix". */
  name: string;
  title: string;
  specification: ChartSpecification;
}

/**
 * Writes the report of a training, a comparison of several, a search, or of published experiments done again: one page, as the text
 * of an HTML file. It fetches nothing, reads without scripts, on light and dark paper, on wide screens and narrow ones.
 * Without images it has at most 150 kB.
 *
 * @param subject - what `describeRun` gives, or anything put together alike; what isn't known is left out
 * @throws ArgumentError when it isn't one of these, or the language is unknown; what charts and metrics throw on numbers
 * that make no sense
 * @example await writeFile("report.html", await report(await describeRun(trainer, { history, train, test })))
 */
export const report = async (subject: ReportSubject, options?: ReportOptions): Promise<string> =>
  (await import("./write.js")).writeReport(subject, options);

/** The charts of a report by themselves, for `drawChart`: in the order in which the page shows them. As `report`. */
export const reportCharts = async (subject: ReportSubject, options?: ReportOptions): Promise<ReportChart[]> =>
  (await import("./write.js")).chartsOf(subject, options);

/**
 * Describes a training for `report`: predicts the rows held out, scores each part, picks the rows worth looking at, and
 * takes down what the model is made of.
 *
 * @param trainer - after `fit`
 * @throws ArgumentError without the training part; ShapeError or DataError when the data don't fit the model
 * @example await report({ ...await describeRun(trainer, { history, train, test }), command: "node train.js" })
 */
export const describeRun = async (trainer: Trainer, options: DescribeOptions): Promise<Run> =>
  (await import("./write.js")).describeRun(trainer, options);

/**
 * Describes a sweep for `report`: history, importance of settings, slices, parallel coordinates, pairs, fronts. Settings
 * that don't vary are left out.
 *
 * @param sweep - what `sweep` returned
 * @throws ArgumentError without a name, or on objectives that no run has
 * @example await report(await describeSweep(await sweep(data, build, options), { name: "iris" }))
 */
export const describeSweep = async (sweep: Sweep, options: DescribeSweepOptions): Promise<Search> =>
  (await import("./write.js")).searchOf(sweep, options);

/** The part of a description that is about the model: its layers, weights, and curves of its activations. */
export const describeModel = async (model: Model): Promise<RunModel> => (await import("./write.js")).modelOf(model);

/** A callback that takes down how large the gradients of each layer are. */
export interface GradientRecorder extends Callback {
  /** So far, by epoch; for `describeRun` and `gradientNormChart`. */
  readonly norms: GradientNorms;
}

/** Options of `gradientRecorder`. */
export interface GradientRecorderOptions {
  /** The first so many rows of the data are taken; 32. */
  rows?: number;
}

/**
 * A callback that measures the gradient of the mean loss of a few rows after the first epoch and ever more rarely from
 * there on, without dropout, in float64 on the CPU: the norm over the parameters of each layer. The training isn't changed.
 *
 * @param data - rows as the model sees them, such as the training part
 * @throws ArgumentError when `rows` isn't a whole number above 0
 * @example
 * const recorder = await gradientRecorder(train);
 * const history = await trainer.fit(train, { callbacks: [recorder] });
 * await report(await describeRun(trainer, { history, train, gradientNorms: recorder.norms }));
 */
export const gradientRecorder = async (data: Dataset, options?: GradientRecorderOptions): Promise<GradientRecorder> =>
  (await import("./write.js")).recorderOf(data, options);

/**
 * An activation and its derivative at places from -4 to 4, worked out in float64 from the ops that it is made of: what
 * `activationChart` draws.
 *
 * @param activation - its name, or the user's own
 * @throws ArgumentError when there is no such activation
 */
export const sampleActivation = async (activation: Activation): Promise<ActivationCurve> =>
  (await import("./write.js")).sampleActivation(activation);
