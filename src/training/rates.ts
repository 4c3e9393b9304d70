import { ArgumentError } from "../core/errors.js";
import type { Schedule } from "../schedules/index.js";

/** Where a training is, as far as its rates go. */
interface Place {
  epoch: number;
  step: number;
  /** Before the schedule. */
  learningRate: number;
  scheduleState: unknown;
}

/**
 * The learning rate of each step of the epochs that come next.
 *
 * @throws ArgumentError when the schedule gives something else than a finite number, 0 or more. All rates are asked for
 * at once: what is wrong with one must not show in the middle of an epoch.
 */
export function ratesOf(
  schedule: Schedule,
  { epoch, step, learningRate, scheduleState }: Place,
  epochs: number,
  perEpoch: number,
): (step: number) => number {
  const { per = "epoch", config } = schedule;
  const [first, stepsPerRate] = per === "step" ? [step, 1] : [epoch, perEpoch];
  const rates = Array.from({ length: (epochs * perEpoch) / stepsPerRate }, (_, i) => {
    const rate = schedule.learningRate(first + i, learningRate, scheduleState);
    if (Number.isFinite(rate) && rate >= 0) return rate;
    throw new ArgumentError(
      `The schedule "${config?.schedule}" gave ${rate} for ${per} ${first + i}; a learning rate is a finite number, 0 or more.`,
    );
  });
  return (step) => rates[Math.floor(step / stepsPerRate)];
}
