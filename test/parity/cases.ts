import type { Case } from "./case.js";
import { activationCases, elementwiseCases } from "./cases-elementwise.js";
import { convolutionCases, imageCases, imageFunctionCases } from "./cases-images.js";
import { layoutCases, matmulCases } from "./cases-layout.js";
import { compositeCases, reduceCases, softmaxCases } from "./cases-reduce.js";
import { sequenceCases, sequenceFunctionCases } from "./cases-sequences.js";
import { batchCases, batchLossCases, stepCases } from "./cases-step.js";
import { transformerCases } from "./cases-transformers.js";
import { withoutGradient } from "./exceptions.js";

/** Cases of every op in the registry, by the op's name. */
export const opCases: Readonly<Record<string, readonly Case[]>> = {
  ...elementwiseCases,
  ...layoutCases,
  ...imageCases,
  ...sequenceCases,
  ...transformerCases,
  ...matmulCases,
  ...reduceCases,
  ...softmaxCases,
  ...stepCases,
  ...batchCases,
};

/** Cases of functions that are written with ops. */
export const functionCases: Readonly<Record<string, readonly Case[]>> = {
  ...activationCases,
  ...convolutionCases,
  ...imageFunctionCases,
  ...sequenceFunctionCases,
  ...compositeCases,
  ...batchLossCases,
};

export const allCases = { ...opCases, ...functionCases };

/** Whether a case has gradients at all. */
export const hasGradient = (name: string, { gradient = true }: Case): boolean => gradient && !(name in withoutGradient);

/** Whether its gradients can be held against finite differences. */
export const isChecked = (name: string, each: Case): boolean =>
  hasGradient(name, each) && !each.inputs.some(({ kinks }) => kinks);
