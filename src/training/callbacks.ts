import { ArgumentError } from "../core/errors.js";
import type { EpochRecord, History, Scores } from "./history.js";

/** What a callback may do with the training it watches. */
export interface TrainingControl {
  /** Rate of the following epochs, before the schedule. */
  learningRate: number;
  /** Keeps the present parameters on the device, to go back to. */
  keepParameters(): void;
  /** Goes back to the parameters kept last, if any. */
  restoreParameters(): void;
}

/**
 * Watches a training. An epoch waits for what its callback returns, so that a promise can pause it; meanwhile the trainer
 * can be saved and evaluated, and predict.
 */
export interface Callback {
  /** After each epoch. Returning "stop", or a promise of it, ends the training; anything else goes on. */
  onEpoch?(record: EpochRecord, control: TrainingControl): unknown;
  /** After the last epoch. */
  onEnd?(history: History, control: TrainingControl): unknown;
}

export interface EarlyStoppingOptions {
  /** Epochs without improvement before the training ends. */
  patience?: number;
  /** The score to watch, "loss" or a metric; of the validation part where there is one. */
  monitor?: string;
  /** The least change that counts as improvement. */
  minDelta?: number;
  /** Go back to the parameters of the best epoch at the end. */
  restoreBest?: boolean;
}

/**
 * Ends the training when a score hasn't improved for `patience` epochs (5), and goes back to the best epoch's
 * parameters. Losses and errors improve downwards, accuracy and top-k upwards.
 *
 * @throws ArgumentError when an option is out of range; while training, when there is no such score
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience = 5, monitor = "loss", minDelta = 0, restoreBest = true } = options;
  if (!Number.isInteger(patience) || patience < 1) {
    throw new ArgumentError(`earlyStopping: patience must be a positive integer, got ${patience}.`);
  }
  if (!(minDelta >= 0)) throw new ArgumentError(`earlyStopping: minDelta must be at least 0, got ${minDelta}.`);
  const sign = monitor === "accuracy" || /^top\d+$/.test(monitor) ? -1 : 1;
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  return {
    onEpoch(record, control) {
      const { [monitor as keyof Scores]: value } = record.validation ?? record;
      if (typeof value !== "number") {
        throw new ArgumentError(`earlyStopping: there is no score "${monitor}"; add it to the trainer's metrics.`);
      }
      const score = sign * value;
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
      if (restoreBest) control.restoreParameters();
      // Ready for another fit.
      best = Number.POSITIVE_INFINITY;
      waited = 0;
    },
  };
}
