import type { Dataset } from "../data/dataset.js";
import type { Position, RunSettings, SavedRun, SavedTraining } from "../model/model.js";
import type { Schedule } from "../schedules/index.js";
import type { CallQueue } from "./call-queue.js";
import type { Callback, TrainingControl } from "./callbacks.js";
import type { TrainingSpec } from "./graphs.js";
import type { EvaluatedPart } from "./history.js";
import type { Prediction, PredictionSpec } from "./prediction.js";
import type { Predictions } from "./predictions.js";
import type { Session } from "./session.js";

/** The call of `fit` at work, as a checkpoint is told of it. */
export type ActiveFit = Omit<SavedRun, "callbacks" | keyof RunSettings> & {
  readonly settings: RunSettings;
  readonly callbacks: readonly Callback[];
  /** Whether it ends before its last epoch where a later call goes on: a signal or `onStep` stopped it. */
  isPaused?: boolean;
  /** Parts of the data that it evaluates. */
  readonly evaluated: Readonly<Partial<Record<EvaluatedPart, Dataset>>>;
};

/** A call of `fit` that isn't over, and where it was left. */
export type Resumable = Pick<SavedTraining, "epoch" | "step" | "run" | "kept">;

/** Trainers from the inside, for what works on several of them. */
export const internals = new WeakMap<object, Internals>();

/** A trainer or predictor as its predictions work with it. */
export interface Predicting {
  readonly spec: PredictionSpec;
  readonly session: Session;
  readonly calls: CallQueue;
  /** Predictions whose programs stay on the device from call to call. */
  predictions?: Predictions;
  /** Predictions whose states go on from call to call. */
  stateful?: {
    predict(features: Float32Array<ArrayBuffer>, probabilities: boolean, wait: boolean): Promise<Prediction>;
    /** Lets the next call begin with states of 0. */
    reset(): void;
    dispose(): void;
  };
}

/** A trainer from the inside: what its methods, each loaded by its own name, work with. */
export interface Internals extends Predicting {
  readonly spec: TrainingSpec;
  readonly schedule: Schedule | undefined;
  readonly position: Position;
  /** The trainer, as callbacks see it. */
  readonly control: TrainingControl;
  /** Undefined while no `fit` is at work. */
  run: ActiveFit | undefined;
  /** The call of `fit` that `resume` goes on with: of a file or a snapshot, or one that was stopped. */
  resumable: Resumable | undefined;
}
