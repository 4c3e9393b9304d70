import { ArgumentError, DataError } from "../core/errors.js";
import { checkArgument, checkOptions, type OptionNames } from "../core/options.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";
import { shown } from "../core/shown.js";
import type { Dataset } from "./dataset.js";
import { shareGroups, shareRows } from "./share.js";
import { type Fold, strataOf } from "./split.js";

/** Options of `kFolds` and `Table.kFold`. */
export interface FoldOptions {
  /** Number of parts that the rows are dealt out to; each is held out once. 5. */
  folds?: number;
  /** Number of repetitions, each with rows dealt out anew. 1. */
  repeats?: number;
  /** Keep the proportions of the classes in every part. Default: where the labels are classes. */
  stratify?: boolean;
  /** To which group each row belongs, [rows], such as patients: the rows of a group stay together. */
  groups?: ArrayLike<string | number>;
  /** Default 0. The same seed gives the same folds. */
  seed?: number;
}

/** A fold among those of its repeat; both count from 0. */
export interface NumberedFold extends Fold {
  /** Counts from 0. */
  repeat: number;
  /** Counts from 0 in its repeat. */
  fold: number;
}

const OPTIONS: OptionNames<FoldOptions> = { folds: true, repeats: true, stratify: "switch", groups: true, seed: true };

// Positions in the split stream: 0 is a split's, 1 that of `Dataset.kFold`.
const FIRST_POSITION = 2;

/**
 * Row numbers for cross-validation: in every repeat each row is held out in exactly one fold. Fold sizes differ by one at
 * most, and with `stratify` so do the numbers of each class; groups are shared out as evenly as whole groups allow, as
 * sklearn.model_selection.GroupKFold and StratifiedGroupKFold do.
 *
 * @throws ArgumentError when an option is out of range or there isn't a group for each row; DataError when there are fewer
 * rows or groups than folds, or when `stratify` meets labels that aren't classes
 */
export function kFolds(data: Pick<Dataset, "rows" | "classes" | "labels">, options: FoldOptions = {}): NumberedFold[] {
  checkOptions("kFolds", options, OPTIONS);
  const { folds = 5, repeats = 1, groups, seed = 0 } = options;
  checkArgument("kFolds", "a data set, or its { rows, classes, labels }", data, Number.isInteger(data?.rows));
  const { rows, classes } = data;
  if (!Number.isInteger(folds) || folds < 2)
    throw new ArgumentError(`kFolds: folds must be 2 or more, got ${shown(folds)}.`);
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new ArgumentError(`kFolds: repeats must be a positive integer, got ${shown(repeats)}.`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`kFolds: seed must be an integer from 0 to 2^53 - 1, got ${shown(seed)}.`);
  }
  if (folds > rows) throw new DataError(`kFolds: ${rows} rows can't fill ${folds} folds; use at most ${rows}.`);
  if (options.stratify && classes === undefined) {
    throw new DataError("kFolds: stratify needs class labels, but these are numbers to predict. Leave stratify out.");
  }
  if (groups && groups.length !== rows) {
    throw new ArgumentError(`kFolds: ${groups.length} groups for ${rows} rows. Name the group of each row.`);
  }
  const stratify = options.stratify ?? classes !== undefined;
  const labels = stratify ? strataOf(data.labels as Uint32Array, classes!).labels : new Uint32Array(rows);
  const dealt: NumberedFold[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const random = new RandomStream(seed, Stream.split, FIRST_POSITION + repeat);
    const order = shuffle(
      Uint32Array.from({ length: rows }, (_, row) => row),
      random,
    );
    const foldOf = groups ? shareGroups(order, groups, labels, folds) : shareRows(order, labels, folds);
    for (let fold = 0; fold < folds; fold++) {
      const all = Uint32Array.from({ length: rows }, (_, row) => row);
      dealt.push({
        repeat,
        fold,
        train: all.filter((row) => foldOf[row] !== fold),
        test: all.filter((row) => foldOf[row] === fold),
      });
    }
  }
  return dealt;
}
