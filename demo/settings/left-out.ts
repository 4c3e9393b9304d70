/** Columns of the visitor's table that aren't learned from. */
export interface LeftOut {
  /** Checksum of the names of the table's columns; empty where none is left out. */
  header: string;
  /** Places of those left out in the table, from 0, ascending. */
  places: readonly number[];
}

export const NONE_LEFT_OUT: LeftOut = { header: "", places: [] };

/** Whether a table has the column to predict; where none is named, any has. */
export const hasTarget = ({ candidates }: { candidates: readonly string[] }, target: string | undefined): boolean =>
  target === undefined || candidates.includes(target);

/** Whether columns of another table are left out: an address was written for that. */
export const isForOther = (table: { header: string }, { header, places }: LeftOut): boolean =>
  places.length > 0 && header !== table.header;
