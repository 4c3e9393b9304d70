import type { Op } from "../../graph/op.js";
import { axisFormulas } from "./axis-formulas.js";
import { customFormulas, scalarFormula } from "./elementwise-formulas.js";
import type { Formula } from "./formula.js";
import { imageFormulas } from "./image-formulas.js";
import { rowFormulas } from "./row-formulas.js";
import { sequenceFormulas } from "./sequence-formulas.js";
import { literal } from "./written.js";

/** Formulas of ops that aren't scalar functions, by name; those of updates are in `updates.ts`. */
const formulas: Readonly<Record<string, Formula>> = {
  ...customFormulas,
  ...axisFormulas,
  ...rowFormulas,
  ...imageFormulas,
  ...sequenceFormulas,
  // All rows of the batch exist.
  rowWeights: { whole: () => literal(1), element: () => literal(1) },
};

/** The formula of an op that a training step can be made of. */
export const formulaOf = ({ name, scalar }: Op): Formula | undefined =>
  formulas[name] ?? (scalar && scalarFormula(scalar));
