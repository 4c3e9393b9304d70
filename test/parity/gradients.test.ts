import { describe, test } from "vitest";
import { allCases, isChecked } from "./cases.js";
import { checkGradient } from "./check-gradient.js";

/** Larger inputs add nothing to a rule that holds for each element alike. */
const LARGE = 4096;

const checked = Object.keys(allCases).filter((name) => allCases[name].some((each) => isChecked(name, each)));

describe.each(checked)("the gradient rule agrees with finite differences: %s", (name) => {
  const cases = allCases[name].filter(
    (each) => isChecked(name, each) && each.inputs.every(({ values }) => values.length < LARGE),
  );
  test.each(cases.map((each) => [each.name, each] as const))("%s", async (_, { trace, inputs, steps }) => {
    await checkGradient(trace, inputs, steps?.at(-1));
  });
});
