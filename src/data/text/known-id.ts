import { DataError } from "../../core/errors.js";
import { shown } from "../../core/shown.js";

/** @returns the id @throws DataError when it is none of so many */
export function knownId(id: number, size: number): number {
  if (Number.isInteger(id) && id >= 0 && id < size) return id;
  throw new DataError(`decode: ids are whole numbers from 0 to ${size - 1}, got ${shown(id)}.`);
}
