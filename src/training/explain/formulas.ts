import { axisFormulas } from "./axis-formulas.js";
import { elementwiseFormulas } from "./elementwise-formulas.js";
import type { Formula } from "./formula.js";
import { rowFormulas } from "./row-formulas.js";
import { literal } from "./written.js";

/** The formula of every op that a training step can be made of, by its name; updates are in `updates.ts`. */
export const formulas: Readonly<Record<string, Formula>> = {
  ...elementwiseFormulas,
  ...axisFormulas,
  ...rowFormulas,
  // All rows of the batch exist.
  rowWeights: { whole: () => literal(1), element: () => literal(1) },
};
