import type { Pipeline, RecordList, Table } from "../../data/index.js";

/*
 * Published experiments as tables: for each row the command that does it again, and the figures to be met.
 */

/** A figure that was published, and the score of ours that it is compared with. */
export interface Figure {
  /** Name of the score, as `scoresOf` gives it: "test accuracy". */
  readonly score: string;
  /** Absent where nothing was published in numbers. */
  readonly published?: number;
  /** Direction in which the score gets better; "higher". */
  readonly better?: "higher" | "lower";
  /** Decimals to which ours must be equal, if the figure follows from the rules alone. */
  readonly decimals?: number;
  /** End of a published training that failed: then there is no figure to meet. */
  readonly there?: "diverged" | "chance";
}

/** A line of a published table. */
export interface Cell extends Partial<Figure> {
  readonly name: string;
  /**
   * Options that differ from the experiment's. Several values of one make a grid, of which the combination is taken that
   * is best by its validation part.
   */
  readonly options?: string;
  /** Several figures of one training, where `published` isn't enough. */
  readonly figures?: readonly (Figure & { readonly name?: string })[];
}

/** A row of a report. */
export interface Experiment {
  /** "A5": the report, and the row's number. */
  readonly id: string;
  readonly item: string;
  /** The command that does it. */
  readonly run: "train" | "cross-validate" | "explain" | "check-gradients";
  readonly data: string;
  /** Options as they are typed, that all cells have. */
  readonly options: string;
  readonly cells: readonly Cell[];
  /** Score of the cells' figures, where they don't name another. */
  readonly score?: string;
  /** Choices made where the report leaves a setting out. */
  readonly chosen?: string;
  /** With --quick: options in place of those above, so that it takes a second. Then figures aren't compared. */
  readonly quick?: string;
  /** Steps from the table's columns to features, if not the usual ones. */
  readonly pipeline?: (table: Table) => Pipeline;
  /** Rows of the table that the trained model is asked for, as they come: "new row 1" is the first one's probability. */
  readonly newRows?: RecordList;
  /** Whether the part published to test with is joined to the rest, before rows are split. */
  readonly joined?: boolean;
  /** Makes the file that `data` names, in a folder. */
  readonly file?: (path: string, options: { dataDir?: string; rows?: number }) => Promise<void>;
}

/** Figures of a cell, with the name under which each is shown. */
export const figuresOf = ({ score }: Experiment, cell: Cell): (Figure & { name: string })[] => {
  const { name, figures, options: _, ...own } = cell;
  if (!figures) return [{ score: "test accuracy", ...(score !== undefined && { score }), ...own, name }];
  return figures.map((figure) => ({ ...figure, name: figure.name ?? `${name} ${figure.score}`.trim() }));
};
