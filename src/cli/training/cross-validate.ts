import { type FoldOptions, kFolds } from "../../data/index.js";
import { ArgumentError, type Backend, type CrossValidation, crossValidate, type FoldParts } from "../../index.js";
import type { Settings } from "../settings/table.js";
import { assessPart } from "./assess.js";
import { isOrdered, type LoadedData } from "./load-data.js";
import { type DataParts, drawnRows, splitData } from "./parts.js";
import { planTraining } from "./plan.js";
import { train } from "./train.js";

/** Settings of a cross-validation, which holds out folds instead of a test part. */
export interface FoldSettings {
  settings: Settings;
  folds: FoldOptions & { seed: number };
}

/** Scores of every fold, with how long each was trained. */
export interface CrossValidated extends CrossValidation {
  trainings: readonly { epochs: number; seconds: number }[];
}

const partsOf = ({ train, validation, seed }: Omit<FoldParts, "repeat" | "fold">, settings: Settings): DataParts => ({
  ...splitData(train, { test: 0, validation: settings.validation, seed }),
  test: validation,
});

/** The rows that are dealt out, and how. */
function dealt({ data }: LoadedData, { settings: { maxRows }, folds }: FoldSettings) {
  const { groups, seed } = folds;
  const drawn = drawnRows(data, { maxRows, seed });
  if (!drawn) return { data, folds };
  return { data: data.take(drawn), folds: { ...folds, groups: groups && drawn.map((row) => groups[row]) } };
}

/** Finds what can be wrong, before a device is opened. @throws ArgumentError or DataError */
export function checkFolds(loaded: LoadedData, given: FoldSettings): void {
  if (isOrdered(loaded)) {
    throw new ArgumentError(
      "cross-validate deals rows out at random, but those of a text or a series are in order. Use train, which tests on the end.",
    );
  }
  const { settings } = given;
  const { data, folds } = dealt(loaded, given);
  const [first] = kFolds(data, folds);
  const parts = { train: data.take(first.train), validation: data.take(first.test), seed: folds.seed };
  planTraining(loaded, settings, folds.seed, partsOf(parts, settings));
}

/**
 * Trains a model for each fold and scores it on the rows held out: loss, accuracy and area under the ROC curve of
 * classes, loss and the regression report of numbers.
 *
 * @param onFold - before each fold, which count from 1
 */
export async function crossValidateOn(
  loaded: LoadedData,
  given: FoldSettings,
  device: Backend,
  onFold: (fold: number) => void = () => {},
): Promise<CrossValidated> {
  const { data, folds } = dealt(loaded, given);
  const trainings: { epochs: number; seconds: number }[] = [];
  const result = await crossValidate(
    data,
    async (fold) => {
      onFold(trainings.length + 1);
      const plan = planTraining(loaded, given.settings, fold.seed, partsOf(fold, given.settings));
      const trained = await train(plan, device);
      try {
        trainings.push({ epochs: trained.epochs, seconds: trained.seconds });
        const { scores, details } = await assessPart(trained, plan, "test");
        return { ...scores, ...("rocAuc" in details && { rocAuc: details.rocAuc }) };
      } finally {
        trained.trainer.dispose();
      }
    },
    folds,
  );
  return { ...result, trainings };
}
