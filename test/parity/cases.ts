import type { Case } from "./case.js";
import { activationCases, elementwiseCases } from "./cases-elementwise.js";
import { convolutionCases, imageCases, imageFunctionCases } from "./cases-images.js";
import { layoutCases, matmulCases } from "./cases-layout.js";
import { compositeCases, reduceCases, softmaxCases } from "./cases-reduce.js";
import { sequenceCases, sequenceFunctionCases } from "./cases-sequences.js";
import { batchCases, batchLossCases, stepCases } from "./cases-step.js";
import { transformerCases } from "./cases-transformers.js";
import { drawnFor } from "./data.js";
import { withoutGradient } from "./exceptions.js";

/** Cases of every op in the registry, by the op's name. */
export const opCases = drawnByName({
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
});

/** Cases of functions that are written with ops. */
export const functionCases = drawnByName({
  ...activationCases,
  ...convolutionCases,
  ...imageFunctionCases,
  ...sequenceFunctionCases,
  ...compositeCases,
  ...batchLossCases,
});

export const allCases = { ...opCases, ...functionCases };

/** Names of ops and functions that work on sequences: half of the time that all take, in a file of their own. */
export const ofSequences = Object.keys({ ...sequenceCases, ...transformerCases, ...sequenceFunctionCases });

/** Cases whose random numbers depend on their names alone: a case that is added changes no other. */
function drawnByName(cases: Readonly<Record<string, readonly Case[]>>): Readonly<Record<string, readonly Case[]>> {
  const drawn = ([name, all]: [string, readonly Case[]]) => [
    name,
    all.map((each) => ({
      ...each,
      inputs: each.inputs.map((input, place) => drawnFor(`${name}, ${each.name}, ${place}`, input)),
    })),
  ];
  return Object.fromEntries(Object.entries(cases).map(drawn));
}

/** Whether a case has gradients at all. */
export const hasGradient = (name: string, { gradient = true }: Case): boolean => gradient && !(name in withoutGradient);

/** Whether its gradients can be held against finite differences. */
export const isChecked = (name: string, each: Case): boolean =>
  hasGradient(name, each) && !each.inputs.some(({ kinks }) => kinks);
