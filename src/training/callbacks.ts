import { checkMonitor, directionOf, type ScoreNames, scoreOf } from "../core/monitor.js";
import { checkCount, optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers } from "../core/ranges.js";
import type { Model, SavedTraining, Snapshot } from "../model/model.js";
import type { EpochRecord, EvaluatedPart, History, StepRecord } from "./history.js";

/** The Trainer as callbacks see it: the training's position, and ways to change or stop it. */
export interface TrainingControl {
  readonly model: Model;
  /** Epochs and steps done so far, over all calls of `fit`. */
  readonly epoch: number;
  /** Training steps done so far, over all calls of `fit`. */
  readonly step: number;
  /** Rate of the following epochs, before the schedule. */
  learningRate: number;
  /** Names of the scores of each epoch, loss and metrics, with which way each gets better, where it says so. */
  readonly scores: ScoreNames;
  /** Parts of the data that the `fit` at work evaluates after its epochs, or after every so many (`validateEvery`). */
  readonly evaluates: readonly EvaluatedPart[];
  /**
   * In `onEnd`: whether the call of `fit` ends before its last epoch where a later one goes on, as a signal or `onStep`
   * stopped it.
   */
  readonly isPaused: boolean;
  /** Keeps the present parameters on the device, to go back to. */
  keepParameters(): void;
  /** Goes back to the parameters kept last, if any. */
  restoreParameters(): void;
  /** Brings the parameters home into `model`. */
  sync(): Promise<void>;
  /** All that is to be saved beside the parameters. */
  training(withState: boolean): Promise<SavedTraining>;
  /** Everything that going on from here takes, parameters included; they are in `model` as well, afterwards. */
  snapshot(): Promise<Snapshot>;
}

/**
 * Watches a training. An epoch waits for what its callback returns, so that a promise can pause it; meanwhile the trainer
 * can be saved and evaluated, and predict.
 */
export interface Callback {
  /** Before the first epoch, once everything is loaded. @param epochs - how many will be done when all is over */
  onStart?(control: TrainingControl, epochs: number): unknown;
  /** After each epoch. Returning "stop", or a promise of it, ends the training; anything else goes on. */
  onEpoch?(record: EpochRecord, control: TrainingControl): unknown;
  /**
   * After every so many steps, counted over all calls of `fit`; epochs are cut for it, and each part is waited for.
   * Returning "stop", or a promise of it, ends the training here: a later `fit` with the same data, batches and seed
   * finishes the epoch first, to the same bits. What is saved here is the middle of the epoch, and goes on likewise.
   */
  onStep?(record: StepRecord, control: TrainingControl): unknown;
  /** Number of steps from one call of `onStep` to the next; 1. */
  every?: number;
  /** After each epoch, once every callback has had its `onEpoch`: for what saves where all of them are. */
  afterEpoch?(record: EpochRecord, control: TrainingControl): unknown;
  /** After the last epoch. */
  onEnd?(history: History, control: TrainingControl): unknown;
  /** At last, also where the training ends with an error: for what has to be closed. */
  onClose?(): unknown;
  /** The name under which checkpoints keep its state. */
  name?: string;
  /** The callback's state, as JSON, to go on after a resume as if nothing had happened. */
  saveState?(): unknown;
  /** Takes back what `saveState` gave. Called before `onStart`. */
  restoreState?(state: unknown): void;
}

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement before the training ends; of those that are validated, where there is a validation part. */
  patience?: number;
  /** The score to watch, "loss" or a metric; of the validation part where there is one. */
  monitor?: string;
  /** "min" where lower is better, "max" where higher is; as the metric declares where absent. */
  mode?: "min" | "max";
  /** The least change that counts as improvement. */
  minDelta?: number;
  /** Go back to the parameters of the best epoch at the end. */
  restoreBest?: boolean;
}

/**
 * Ends the training when a score hasn't improved for `patience` epochs (5), and goes back to the best epoch's
 * parameters. One that a signal or `onStep` stops keeps its present ones, and remembers the best for when it goes on;
 * `control.restoreParameters()` in an `onEnd` of your own goes back to them there.
 *
 * @throws ArgumentError when an option is out of range; before the first epoch, when there is no such score, or nothing
 * says which way it gets better
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience, minDelta, restoreBest, ...watched } = optionsOf("earlyStopping", options, {
    patience: 5,
    monitor: "loss",
    mode: undefined,
    minDelta: 0,
    restoreBest: true,
  });
  checkMonitor("earlyStopping", watched);
  checkCount("earlyStopping: patience", patience);
  checkNumbers("earlyStopping", AT_LEAST_0, { minDelta });
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  /** Whether the next `fit` goes on with the training that these are of. */
  let goesOn = false;
  return {
    name: "earlyStopping",
    // Infinity isn't JSON.
    saveState: () => ({ waited, ...(Number.isFinite(best) && { best }) }),
    restoreState(state) {
      ({ best = Number.POSITIVE_INFINITY, waited } = state as { best?: number; waited: number });
      goesOn = true;
    },
    onStart({ scores }) {
      directionOf("earlyStopping", watched, scores);
      if (!goesOn) {
        best = Number.POSITIVE_INFINITY;
        waited = 0;
      }
      goesOn = false;
    },
    onEpoch(record, control) {
      if (control.evaluates.includes("validation") && !record.validation) return;
      const score = directionOf("earlyStopping", watched, control.scores) * scoreOf(record, watched.monitor);
      if (score < best - minDelta) {
        best = score;
        waited = 0;
        if (restoreBest) control.keepParameters();
        return;
      }
      waited++;
      return waited >= patience ? "stop" : undefined;
    },
    onEnd(_, control) {
      goesOn = control.isPaused;
      if (restoreBest && !goesOn) control.restoreParameters();
    },
  };
}
