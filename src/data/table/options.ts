import type { OptionNames } from "../../core/options.js";
import type { DateOrder } from "./dates.js";

/** Classes or numbers to predict; "auto" finds out from the target. */
export type Task = "auto" | "classification" | "regression";

/** Options of a table; those not given are inferred from its columns, and told by `table.columns`. */
export interface TableOptions {
  /** Column to predict. */
  target?: string;
  /** Several columns to predict: numbers, or yes and no. */
  targets?: readonly string[];
  /** "auto" (default): text and few whole numbers that repeat are classes, other numbers are predicted as numbers. */
  task?: Task;
  /** Columns to learn from, in this order; else all that are of use. */
  features?: readonly string[];
  /** Columns to leave out. */
  ignore?: readonly string[];
  /** Columns whose values are names, numbers among them: each becomes a column of 0 and 1. */
  categorical?: readonly string[];
  /** Columns whose values are numbers, identifiers among them. */
  numeric?: readonly string[];
  /** Columns of texts to learn from, token by token; else texts that are no categories are left out. */
  text?: readonly string[];
  /** Columns of dates, where day and month can't be told apart: { joined: "dmy" }. */
  dates?: Readonly<Record<string, DateOrder>>;
  /** Column with the weight of each row, 0 or more. */
  weights?: string;
  /** Column that says which rows belong together; it isn't learned from. */
  groups?: string;
  /** Marks of missing values beside NA, null, ? and the like: ["-9999", "unknown"]. */
  missing?: readonly string[];
  /** Decimal mark; found in the columns where absent. */
  decimal?: "." | ",";
  /** Characters between fields of a text file, ":" or "::"; found in the file where absent. */
  delimiter?: string;
  /** Character around fields of a text file that hold delimiters, ' or "; found in the file where absent. */
  quote?: string;
  /** Whether the first line of a text file names its columns; found in the file where absent. */
  header?: boolean;
  /** The classes, in this order; sorted as found where absent. One called None or NA is no gap then. */
  classNames?: readonly string[];
  /** Name of the table in messages; the file's name where absent. */
  name?: string;
}

export const TABLE_OPTIONS: OptionNames<TableOptions> = {
  target: true,
  targets: true,
  task: true,
  features: true,
  ignore: true,
  categorical: true,
  numeric: true,
  text: true,
  dates: true,
  weights: true,
  groups: true,
  missing: true,
  decimal: true,
  delimiter: true,
  quote: true,
  header: "switch",
  classNames: true,
  name: true,
};

/** Class names that are given, by the column that they are of: these texts mark no gap there. */
export const namesIn = ({ target, classNames }: Pick<TableOptions, "target" | "classNames">) =>
  new Map(target !== undefined && classNames ? [[target, new Set(classNames)]] : []);
