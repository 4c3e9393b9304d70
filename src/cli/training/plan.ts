import { checkAugmentation } from "../../data/augmentation/augment.js";
import {
  type Dataset,
  Standardiser,
  type Table,
  type TargetCoding,
  type Tokenizer,
  type TokensOptions,
  textInput,
} from "../../data/index.js";
import type { GradientRule, Loss, Model, Optimizer, Schedule } from "../../index.js";
import { ArgumentError } from "../../index.js";
import { augmentationOf } from "../settings/kinds.js";
import type { Settings } from "../settings/table.js";
import { embeddingPipeline } from "./embedded.js";
import { asImages, flatImageOf, partsAsImages } from "./image-shapes.js";
import { areTexts, isOrdered, type LoadedData, rowNumbers } from "./load-data.js";
import { pixelScale } from "./load-pixels.js";
import { seriesScale } from "./load-series.js";
import { checkVocabulary } from "./load-text.js";
import { lossFor, takesScaledTargets, tokenLossFor } from "./losses.js";
import { buildModel, outputsFor } from "./network.js";
import { gradientsFor, optimizerFor } from "./optimizers.js";
import { type DataParts, scaleFeatures, scaleTarget, splitData, type TargetScale, targetScale } from "./parts.js";
import { scheduleFor } from "./schedules.js";
import { buildSequenceModel } from "./sequence-network.js";

/** A data set made ready for training. */
export interface Prepared {
  /** As they are in the data set. */
  parts: DataParts;
  /** As the model sees them. */
  scaled: DataParts;
  standardiser: Standardiser | undefined;
  target: TargetScale | undefined;
}

/** Measures the scales on the training part only: held-out rows must not shape what is trained. */
export function prepare(
  parts: DataParts,
  settings: Settings,
  loaded: Pick<LoadedData, "data" | "table" | "pipeline" | "text" | "series" | "image">,
): Prepared {
  const { table, text, series, image } = loaded;
  if (text) return prepareText(parts, settings);
  if (table) return prepareTable(parts, settings, loaded, table);
  if (settings.embed) throw new ArgumentError("--embed is for columns of names in a table.");
  if (settings.scale === "minmax")
    throw new ArgumentError("--scale minmax is for tables; samples and series take standard or none.");
  const measure = series ? seriesScale : Standardiser.fit;
  const unscaled = image && pixelScale(parts.train);
  const standardiser = settings.scale === "standard" ? measure(parts.train) : unscaled;
  const target = parts.train.classes === undefined ? scaleOf(parts.train, settings.loss) : undefined;
  const scale = (part: Dataset | undefined) => part && scaleTarget(scaleFeatures(part, standardiser), target);
  const scaled = { train: scale(parts.train)!, validation: scale(parts.validation), test: scale(parts.test) };
  return { parts, scaled, standardiser, target };
}

/** Tokens are ids, which have no scale. */
function prepareText(parts: DataParts, { scale, embed }: Settings): Prepared {
  if (embed) throw new ArgumentError("--embed is for columns of names in a table; tokens have vectors anyway.");
  if (scale !== "none") throw new ArgumentError(`--scale ${scale} is for numbers; the tokens of a text have none.`);
  return { parts, scaled: parts, standardiser: undefined, target: undefined };
}

/** Columns become features by what is measured on the training rows of a table. */
function prepareTable(parts: DataParts, settings: Settings, loaded: LoadedData, table: Table): Prepared {
  const { scale, loss, embed } = settings;
  const pipeline = loaded.pipeline?.(table);
  const rows = (part: Dataset | undefined) => part && rowNumbers(part);
  const own = embed && embeddingPipeline(table, pipeline ?? table.pipeline({ scale }), embed);
  const { train, test, validation, preprocessing } = table.prepare(
    { train: rowNumbers(parts.train), test: rows(parts.test), validation: rows(parts.validation) },
    { scale, tokens: tokensFor(settings, loaded), scaleTarget: takesScaledTargets(loss), pipeline: own ?? pipeline },
  );
  const { target } = preprocessing;
  const scaled = target?.kind === "numbers" ? scaleFrom(target) : undefined;
  return { parts, scaled: { train, test, validation }, standardiser: undefined, target: scaled };
}

/** How columns of texts become tokens. @throws ArgumentError when an option isn't for them, or is for them alone */
function tokensFor({ tokenizer, vocabulary, context, buckets, scale }: Settings, loaded: LoadedData): TokensOptions {
  if (!areTexts(loaded)) {
    const given = Object.entries({ tokenizer, vocabulary, context, buckets }).find(([, value]) => value !== undefined);
    if (given) throw new ArgumentError(`--${given[0]} is for texts: name their columns, --text COLUMN.`);
    return {};
  }
  if (scale !== "none") throw new ArgumentError(`--scale ${scale} is for numbers; the tokens of texts have none.`);
  checkVocabulary({ tokenizer: tokenizer ?? "words", vocabulary });
  return { tokenizer, size: vocabulary, length: context };
}

/** Scale of one target, or of several. */
function scaleFrom({ names, mean, deviation }: TargetCoding & { kind: "numbers" }): TargetScale {
  const each = names.map((name, i) => ({ name, mean: mean[i], deviation: deviation[i] }));
  return { mean: mean[0], deviation: deviation[0], ...(each.length > 1 && { each }) };
}

const scaleOf = (train: Dataset, loss: string | undefined) =>
  takesScaledTargets(loss) ? targetScale(train) : { mean: 0, deviation: 1 };

/** Model, loss, optimizer and all else that a training needs besides data. */
export interface TrainingSetup {
  model: Model;
  loss: Loss;
  optimizer: Optimizer;
  gradients: GradientRule[];
  schedule: Schedule;
  metrics: string[];
}

/** A training, whole. Everything that can be wrong with its settings is found here, before a device is opened. */
export interface Plan extends Prepared, TrainingSetup {
  /** Of a text. */
  tokenizer?: Tokenizer;
  settings: Settings;
  seed: number;
}

/**
 * @param data - the training part, scaled
 * @param loaded - the data that it is of
 * @throws ArgumentError or DataError when settings don't fit each other or the data
 */
export function setupFor(data: Dataset, settings: Settings, seed: number, loaded: LoadedData): TrainingSetup {
  const { text } = loaded;
  const loss = text ? tokenLossFor(settings) : lossFor(settings, data);
  if (settings.augment !== undefined) {
    const { shape } = asImages(data, flatImageOf(loaded));
    checkAugmentation(augmentationOf(settings.augment), shape);
  }
  if (settings.average !== undefined && settings.earlyStopping > 0) {
    throw new ArgumentError(
      "--average gives the model the averages of the last steps, but --early-stopping goes back to the best epoch. Take one of both.",
    );
  }
  // Of a loss of single numbers: vectors have none.
  const metrics = text
    ? ["accuracy", "perplexity"]
    : data.classes !== undefined
      ? ["accuracy"]
      : loss.elements
        ? ["r2"]
        : [];
  checkMonitor(settings, metrics);
  return {
    loss,
    optimizer: optimizerFor(settings),
    model: modelFor(data, settings, loss, seed, loaded),
    metrics,
    gradients: gradientsFor(settings),
    schedule: scheduleFor(settings.schedule, settings.epochs),
  };
}

/** A network for the kind of the data. */
function modelFor(data: Dataset, settings: Settings, loss: Loss, seed: number, loaded: LoadedData): Model {
  const { text, series } = loaded;
  if (text) return buildSequenceModel(data, settings, seed, { of: "text", ids: text.tokenizer.size });
  if (series) return buildSequenceModel(data, settings, seed, { of: "series", outputs: data.targetShape[0] });
  const texts = data.preprocessing && textInput(data.preprocessing);
  if (!texts) return buildModel(data, settings, loss, seed, flatImageOf(loaded));
  return buildSequenceModel(data, settings, seed, { of: "texts", ids: texts.ids, outputs: outputsFor(data, loss) });
}

/** @throws ArgumentError when early stopping is to go by a score that there isn't */
function checkMonitor({ monitor, earlyStopping }: Settings, metrics: readonly string[]): void {
  if (monitor === undefined) return;
  if (!earlyStopping) throw new ArgumentError("--monitor is for --early-stopping. Give that, with --validation.");
  const known = ["loss", ...metrics];
  if (!known.includes(monitor)) {
    throw new ArgumentError(`--monitor ${monitor}: this training has no such score. Use ${known.join(" or ")}.`);
  }
}

/**
 * @param parts - of the data; default: those of a random split
 * @throws ArgumentError, DataError or ShapeError when settings and data don't fit each other
 */
export function planTraining(
  loaded: LoadedData,
  settings: Settings,
  seed: number,
  parts = splitData(loaded.data, { ...settings, seed, ordered: isOrdered(loaded) }, loaded.test),
): Plan {
  const prepared = prepare(parts, settings, loaded);
  const { text } = loaded;
  const setup = setupFor(prepared.scaled.train, settings, seed, loaded);
  const scaled = settings.augment === undefined ? prepared.scaled : partsAsImages(prepared.scaled, flatImageOf(loaded));
  return { ...prepared, scaled, ...setup, settings, seed, ...(text && { tokenizer: text.tokenizer }) };
}
