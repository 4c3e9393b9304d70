import type { Data } from "./data.js";
import type { ParityOptions, Trace } from "./run.js";

/** One input on which the backends are compared, and the gradient rule is held against finite differences. */
export interface Case extends ParityOptions {
  name: string;
  trace: Trace;
  inputs: readonly Data[];
}
