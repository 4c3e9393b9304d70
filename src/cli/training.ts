import type { Dataset } from "../data/index.js";
import { Standardiser } from "../data/index.js";
import {
  type ActivationName,
  ArgumentError,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  type Backend,
  type Callback,
  clipByGlobalNorm,
  dense,
  dropout,
  earlyStopping,
  type GradientRule,
  gaussianNoise,
  type History,
  type Loss,
  lion,
  type Model,
  maxNorm,
  nadam,
  type Optimizer,
  rmsprop,
  type Schedule,
  sequential,
  sgd,
  Trainer,
} from "../index.js";
import { resume } from "../node.js";
import { lossFor, needsOutputPerClass, takesScaledTargets } from "./losses.js";
import { type Parts, scaleFeatures, scaleTarget, splitData, type TargetScale, targetScale } from "./parts.js";
import type { Settings } from "./presets.js";
import { scheduleFor } from "./schedules.js";

/** Initializers that keep the size of signals through these activations; Glorot's suits the others. */
const INITIALIZERS: Partial<Record<ActivationName, string>> = {
  relu: "heNormal",
  leakyRelu: "heNormal",
  elu: "heNormal",
  gelu: "heNormal",
  geluTanh: "heNormal",
  silu: "heNormal",
  mish: "heNormal",
  hardSwish: "heNormal",
  selu: "lecunNormal",
};

/** 4 GiB of parameters and gradients: more than this is a slip of the finger. */
const MOST_PARAMETERS = 2 ** 28;

/** A data set made ready for training. */
export interface Prepared {
  /** As they are in the data set. */
  parts: Parts;
  /** As the model sees them. */
  scaled: Parts;
  standardiser: Standardiser | undefined;
  target: TargetScale | undefined;
}

/** Measures the scales on the training part only: held-out rows must not shape what is trained. */
export function prepare(parts: Parts, settings: Settings): Prepared {
  const standardiser = settings.standardise ? Standardiser.fit(parts.train) : undefined;
  const target = parts.train.classes === undefined ? scaleOf(parts.train, settings.loss) : undefined;
  const scale = (part: Dataset | undefined) => part && scaleTarget(scaleFeatures(part, standardiser), target);
  const scaled = { train: scale(parts.train)!, validation: scale(parts.validation), test: scale(parts.test) };
  return { parts, scaled, standardiser, target };
}

const scaleOf = (train: Dataset, loss: string | undefined) =>
  takesScaledTargets(loss) ? targetScale(train) : { mean: 0, deviation: 1 };

/** A dense network from the settings: one output per class, one for two classes unless the loss needs two, one for a number. */
export function buildModel(data: Dataset, settings: Settings, loss: Loss, seed: number): Model {
  const { layers, activation, initializer = INITIALIZERS[activation] ?? "glorotUniform", inputNoise = 0 } = settings;
  const { classes = 1 } = data;
  const outputs = classes === 2 && !needsOutputPerClass(loss) ? 1 : classes;
  const sizes = [data.shape[0], ...layers, outputs];
  const parameters = sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i] + 1), 0);
  if (parameters > MOST_PARAMETERS) {
    throw new ArgumentError(`--layers ${layers}: ${parameters.toLocaleString("en-US")} parameters are too many.`);
  }
  return sequential({ input: data.shape, seed }, [
    ...(inputNoise > 0 ? [gaussianNoise(inputNoise)] : []),
    ...layers.flatMap((units) => [
      dense(units, { activation, initializer }),
      ...(settings.dropout > 0 ? [dropout(settings.dropout)] : []),
    ]),
    dense(outputs),
  ]);
}

const optimizers = { adam, adamw, nadam, adamax, adagrad, adadelta, lion, rmsprop, sgd };

/** @throws ArgumentError when it takes no momentum */
export function optimizerFor(settings: Settings): Optimizer {
  const optimizer = plainOptimizer(settings);
  return settings.maxNorm === undefined ? optimizer : maxNorm(optimizer, settings.maxNorm);
}

function plainOptimizer({ optimizer, learningRate, l2: weightDecay, momentum }: Settings): Optimizer {
  if (momentum === 0) return optimizers[optimizer]({ learningRate, weightDecay });
  if (optimizer === "sgd" || optimizer === "rmsprop") {
    return optimizers[optimizer]({ learningRate, weightDecay, momentum });
  }
  throw new ArgumentError(`--momentum is for sgd and rmsprop; ${optimizer} has its own, or none.`);
}

export const gradientsFor = ({ clipNorm }: Settings): GradientRule[] =>
  clipNorm === undefined ? [] : [clipByGlobalNorm(clipNorm)];

/** Everything that can be wrong with the settings is found here, before a device is opened. */
export interface Plan extends Prepared {
  settings: Settings;
  seed: number;
  model: Model;
  loss: Loss;
  optimizer: Optimizer;
  gradients: GradientRule[];
  schedule: Schedule;
  metrics: string[];
}

/**
 * @param parts - of the data; those of a random split where absent
 * @throws ArgumentError, DataError or ShapeError when settings and data don't fit each other
 */
export function planTraining(
  data: Dataset,
  settings: Settings,
  seed: number,
  parts = splitData(data, { test: settings.test, validation: settings.validation, seed }),
): Plan {
  const loss = lossFor(settings, data);
  const optimizer = optimizerFor(settings);
  const prepared = prepare(parts, settings);
  const model = buildModel(data, settings, loss, seed);
  const metrics = data.classes !== undefined ? ["accuracy"] : [];
  const gradients = gradientsFor(settings);
  const schedule = scheduleFor(settings);
  return { ...prepared, settings, seed, model, loss, optimizer, gradients, schedule, metrics };
}

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
  const { epochs, batchSize, microBatchSize, patience } = settings;
  const resumed = from === undefined ? undefined : await resume(from, { device });
  const trainer = resumed ?? new Trainer(model, { device, loss, optimizer, gradients, schedule, metrics });
  try {
    const started = performance.now();
    const history = await trainer.fit(scaled.train, {
      epochs,
      batchSize,
      microBatchSize,
      seed,
      validation: scaled.validation,
      callbacks: [...(patience > 0 ? [earlyStopping({ patience })] : []), ...watchers],
      resume: resumed !== undefined,
    });
    const wall = (performance.now() - started) / 1000;
    const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const steps = history.epochs.length * Math.ceil(scaled.train.rows / batchSize);
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
