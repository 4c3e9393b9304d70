import type { Dataset } from "../../data/index.js";
import { Standardiser } from "../../data/index.js";
import type { GradientRule, Loss, Model, Optimizer, Schedule } from "../../index.js";
import type { Settings } from "../settings/table.js";
import { lossFor, takesScaledTargets } from "./losses.js";
import { buildModel } from "./network.js";
import { gradientsFor, optimizerFor } from "./optimizers.js";
import { type Parts, scaleFeatures, scaleTarget, splitData, type TargetScale, targetScale } from "./parts.js";
import { scheduleFor } from "./schedules.js";

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
  const standardiser = settings.scale === "standard" ? Standardiser.fit(parts.train) : undefined;
  const target = parts.train.classes === undefined ? scaleOf(parts.train, settings.loss) : undefined;
  const scale = (part: Dataset | undefined) => part && scaleTarget(scaleFeatures(part, standardiser), target);
  const scaled = { train: scale(parts.train)!, validation: scale(parts.validation), test: scale(parts.test) };
  return { parts, scaled, standardiser, target };
}

const scaleOf = (train: Dataset, loss: string | undefined) =>
  takesScaledTargets(loss) ? targetScale(train) : { mean: 0, deviation: 1 };

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
  const schedule = scheduleFor(settings.schedule, settings.epochs);
  return { ...prepared, settings, seed, model, loss, optimizer, gradients, schedule, metrics };
}
