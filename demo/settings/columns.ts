/** Columns of a table by their places: for panels that are fetched later, apart from what a first visit needs. */
import { isForOther, type LeftOut, NONE_LEFT_OUT } from "./left-out.js";

/** The parts of a table that are asked for here. */
interface Columns {
  /** Checksum of the columns' names. */
  header: string;
  columns: readonly { name: string }[];
}

export const leavingOut = ({ header }: Pick<Columns, "header">, places: readonly number[]): LeftOut =>
  places.length === 0 ? NONE_LEFT_OUT : { header, places: [...places].sort((a, b) => a - b) };

/** Places of a table's columns that are left out; none where they are another table's. */
export const placesIn = (table: Columns, leftOut: LeftOut): readonly number[] =>
  isForOther(table, leftOut) ? [] : leftOut.places.filter((place) => place < table.columns.length);

export const namesIn = (table: Columns, leftOut: LeftOut): string[] =>
  placesIn(table, leftOut).map((place) => table.columns[place].name);
