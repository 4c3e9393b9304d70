import { describeRun, type History, report } from "neuromotor";
import { dataChoices } from "../settings/data-sets.js";
import type { Asked } from "./asked.js";
import { predictsNumbers } from "./data.js";
import { sideOf } from "./layers.js";
import type { PartScores } from "./run.js";

/** The run's page, in itself complete: how good the network is on rows held out, curves, mistakes, network, settings. */
export async function reportOf(asked: Asked, language: "en" | "es"): Promise<string> {
  const { built, parts, settings, past } = asked;
  const { train, heldOut } = parts;
  const isNumber = predictsNumbers(train);
  const scores = ({ loss, score }: PartScores) => ({ loss, ...(!isNumber && { accuracy: score }) });
  const epochs: History["epochs"] = past.points.map((point) => ({
    epoch: point.epoch,
    ...scores(point),
    ...(point.heldOut && { validation: scores(point.heldOut) }),
    learningRate: built.trainer.learningRate,
    seconds: 0,
  }));
  const side = sideOf(train.shape);
  const { isImage } = dataChoices[settings.data];
  const run = await describeRun(built.trainer, {
    name: settings.data,
    seed: settings.seed,
    ...(epochs.length > 0 && { history: { epochs, stopped: false } as unknown as History }),
    train,
    ...(heldOut && { test: heldOut }),
    ...(isImage && side && { image: { height: side, width: side, channels: 1 } }),
  });
  return report(run, { language });
}
