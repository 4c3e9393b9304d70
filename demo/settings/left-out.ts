import { checksum } from "./signs.js";

/** Columns of the visitor's table that aren't learned from. */
export interface LeftOut {
  /** Checksum of the names of the table's columns; empty where none is left out. */
  header: string;
  /** Places of those left out in the table, from 0, ascending. */
  places: readonly number[];
}

interface Columns {
  columns: readonly { name: string }[];
}

/** Whether a table has the column to predict; where none is named, any has. */
export const hasTarget = ({ candidates }: { candidates: readonly string[] }, target: string | undefined): boolean =>
  target === undefined || candidates.includes(target);

export const NONE_LEFT_OUT: LeftOut = { header: "", places: [] };

const headerOf = ({ columns }: Columns): string => checksum(columns.map(({ name }) => name));

export const leavingOut = (table: Columns, places: readonly number[]): LeftOut =>
  places.length === 0 ? NONE_LEFT_OUT : { header: headerOf(table), places: [...places].sort((a, b) => a - b) };

/** Whether columns of another table are left out: an address was written for that. */
export const isForOther = (table: Columns, { header, places }: LeftOut): boolean =>
  places.length > 0 && header !== headerOf(table);

/** Places of a table's columns that are left out; none where they are another table's. */
export const placesIn = (table: Columns, leftOut: LeftOut): readonly number[] =>
  isForOther(table, leftOut) ? [] : leftOut.places.filter((place) => place < table.columns.length);

export const namesIn = (table: Columns, leftOut: LeftOut): string[] =>
  placesIn(table, leftOut).map((place) => table.columns[place].name);
