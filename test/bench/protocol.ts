import type { Counts } from "./counts.js";

/*
 * A contestant's process waits for a line of JSON, answers with a line of JSON after a mark (libraries print, too), and
 * does nothing in between.
 */

export const MARK = "@bench ";

export type Request =
  | { ask: "first step" }
  | { ask: "open" }
  | { ask: "prepare"; job: string; milliseconds: number }
  | { ask: "run" }
  | { ask: "count" }
  | { ask: "dispose" }
  | { ask: "check" };

export interface Opened {
  description: string;
}

export interface Prepared {
  /** Mean loss of the first batch after some steps; the same for all who compute right. */
  loss?: number;
  /** The reason why this contestant doesn't take part. */
  leftOut?: string;
}

/** Per step; null where there is no WebGPU. */
export type Counted = Counts | null;

export interface Checked {
  accuracy: number;
  milliseconds: number;
}
