import { type Backend, type Callback, type History, Trainer } from "../../index.js";
import { checkpoint, resume } from "../../node.js";
import { type GradientNorms, gradientRecorder } from "../../report/index.js";
import { optionsTo, type Settings, settingsTo } from "../settings/table.js";
import { keepHistory } from "./history-keeper.js";
import type { Plan } from "./plan.js";
import { type Writing, writeSamples } from "./samples.js";

/** A training that is over; whoever gets it disposes of the trainer. */
export interface Trained {
  trainer: Trainer;
  /** Epochs of the whole run, those before a resume included (checkpoints of 0.1.0 kept none). */
  history: History;
  /** Epochs and steps of this call alone, not those before a resume. */
  epochs: number;
  steps: number;
  /** Time spent on epochs, validation included; compiling and loading come before and are in `setupSeconds`. */
  seconds: number;
  setupSeconds: number;
  stepsPerSecond: number;
  /** Where they were asked for. */
  gradientNorms?: GradientNorms;
  /** Of a text, where a report is asked for. */
  writing?: Writing;
}

export interface TrainOptions {
  watchers?: readonly Callback[];
  /** Folder to write checkpoints to, and how many to keep. */
  checkpoints?: { directory: string; keep: number | undefined };
  /** Goes on with the newest checkpoint of this folder. */
  from?: string;
  /** Measures gradients, for a report. */
  isReported?: boolean;
}

/** @throws DivergedError or DeviceLostError */
export async function train(plan: Plan, device: Backend, options: TrainOptions = {}): Promise<Trained> {
  const { settings, seed, model, loss, optimizer, gradients, schedule, metrics, scaled, tokenizer } = plan;
  const { watchers = [], checkpoints, from, isReported } = options;
  const resumed = from === undefined ? undefined : await resume(from, { device });
  const trainer = resumed ?? new Trainer(model, { device, loss, optimizer, gradients, schedule, metrics });
  const kept = checkpoints && keepHistory();
  // Rows of tokens are long, and measured in float64.
  const recorder = isReported ? await gradientRecorder(scaled.train, tokenizer && { rows: 1 }) : undefined;
  const samples = isReported && tokenizer ? writeSamples(trainer, tokenizer, promptOf(plan), seed) : undefined;
  try {
    const started = performance.now();
    const { epochs, stopped, warnings } = await trainer.fit(scaled.train, {
      ...optionsTo(settings, "fit"),
      seed,
      validation: scaled.validation,
      callbacks: [
        ...callbacksFor(settings),
        ...watchers,
        ...(recorder ? [recorder] : []),
        ...(samples ? [samples] : []),
        ...(checkpoints ? [kept!, checkpoint(checkpoints)] : []),
      ],
      resume: resumed !== undefined,
    });
    if (optimizer.averages) await takeAverages(trainer);
    const wall = (performance.now() - started) / 1000;
    const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const steps = epochs.length * Math.ceil(scaled.train.rows / settings.batchSize);
    return {
      trainer,
      history: { epochs: kept?.epochs ?? epochs, warnings, stopped },
      epochs: epochs.length,
      steps,
      seconds,
      setupSeconds: Math.max(0, wall - seconds),
      stepsPerSecond: steps / seconds || 0,
      ...(recorder && { gradientNorms: recorder.norms }),
      ...(samples && { writing: samples.writing }),
    };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

const PROMPT = 16;

/** The first tokens of a part that isn't trained on, where there is one. */
function promptOf({ parts: { validation, test, train } }: Plan): Uint32Array {
  const { features, shape } = validation ?? test ?? train;
  return Uint32Array.from(features.subarray(0, Math.min(PROMPT, shape[0])));
}

/** Gives the model the moving averages of its parameters. */
async function takeAverages(trainer: Trainer): Promise<void> {
  const { model } = trainer;
  model.setParameters(await trainer.withAverage(() => model.parameters()));
}

/** The callbacks that settings add; a setting of 0 adds none. */
export const callbacksFor = (settings: Settings): Callback[] =>
  settingsTo(settings, "callbacks").flatMap(({ goes, value }) => (value ? [goes.callback(value, settings)] : []));

/** Fields of a result that describe the training. */
export const trainingFields = ({ epochs, steps, seconds, setupSeconds, stepsPerSecond }: Trained) => ({
  epochs,
  steps,
  seconds,
  setupSeconds,
  stepsPerSecond,
});
