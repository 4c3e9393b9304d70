import { ArgumentError } from "../core/errors.js";

/** A file of lines that is only ever appended to, by one writer at a time. */
export interface Journal {
  /** The name of the study whose trials are meant; where absent, "sweep", or the only study of the file. */
  readonly study?: string;
  /** Kept with the study when it is begun, for whoever reads it. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /**
   * Hands over the lines that were added since the last call, all of them at first, and appends those that are returned:
   * in one go that nobody else writes in, safe from a crash once it resolves.
   */
  update(make: (added: readonly string[]) => readonly string[]): Promise<void>;
}

/** Opens a journal by its path, where there are files. */
export const journals: { open?: (path: string) => Journal } = {};

/** @throws ArgumentError when it is neither a journal nor a path that can be opened here */
export function journalOf(given: Journal | string): Journal {
  if (typeof given === "string" && journals.open) return journals.open(given);
  if (typeof (given as Journal)?.update === "function") return given as Journal;
  throw new ArgumentError(
    'sweep: journal must be openJournal("sweep.journal") of "neuromotor/node"; pages have no files.',
  );
}
