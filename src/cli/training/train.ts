import { type Backend, type Callback, type History, Trainer } from "../../index.js";
import { resume } from "../../node.js";
import { optionsTo, type Settings, settingsTo } from "../settings/table.js";
import type { Plan } from "./plan.js";

/** A training that is over; whoever gets it disposes of the trainer. */
export interface Trained {
  trainer: Trainer;
  history: History;
  epochs: number;
  steps: number;
  /** Time spent on epochs, validation included; compiling and loading come before and are in `setupSeconds`. */
  seconds: number;
  setupSeconds: number;
  stepsPerSecond: number;
}

/**
 * @param from - goes on with the newest checkpoint of this folder
 * @throws DivergedError or DeviceLostError
 */
export async function train(
  plan: Plan,
  device: Backend,
  watchers: readonly Callback[] = [],
  from?: string,
): Promise<Trained> {
  const { settings, seed, model, loss, optimizer, gradients, schedule, metrics, scaled } = plan;
  const resumed = from === undefined ? undefined : await resume(from, { device });
  const trainer = resumed ?? new Trainer(model, { device, loss, optimizer, gradients, schedule, metrics });
  try {
    const started = performance.now();
    const history = await trainer.fit(scaled.train, {
      ...optionsTo(settings, "fit"),
      seed,
      validation: scaled.validation,
      callbacks: [...callbacksFor(settings), ...watchers],
      resume: resumed !== undefined,
    });
    const wall = (performance.now() - started) / 1000;
    const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const steps = history.epochs.length * Math.ceil(scaled.train.rows / settings.batchSize);
    return {
      trainer,
      history,
      epochs: history.epochs.length,
      steps,
      seconds,
      setupSeconds: Math.max(0, wall - seconds),
      stepsPerSecond: steps / seconds || 0,
    };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** The callbacks that settings add; a setting of 0 adds none. */
const callbacksFor = (settings: Settings): Callback[] =>
  settingsTo(settings, "callbacks").flatMap(({ goes, value }) => (value ? [goes.callback(value)] : []));

/** What results say of a training. */
export const trainingFields = ({ epochs, steps, seconds, setupSeconds, stepsPerSecond }: Trained) => ({
  epochs,
  steps,
  seconds,
  setupSeconds,
  stepsPerSecond,
});
