import { expect } from "vitest";
import { gradientParts } from "../../src/checks/check-gradients.js";
import { ONE_STEP } from "../../src/checks/evaluator.js";
import type { StepFields } from "../../src/compile/steps.js";
import type { Data } from "./data.js";
import { symbols, type Trace, valuesOf } from "./run.js";

/** At most so many elements of an input are moved. */
const MOST_ELEMENTS = 40;

/** Holds the gradient rules of a traced graph against central differences, both in float64. Kinks fail: give other data. */
export async function checkGradient(trace: Trace, inputs: readonly Data[], step: StepFields = ONE_STEP): Promise<void> {
  const variables = symbols(inputs);
  const y = trace(...variables);
  const by = variables.filter(({ dtype }) => dtype === "f32");
  const traced = {
    title: "the case",
    y,
    values: valuesOf(variables, inputs),
    by,
    rows: 1,
    optional: [],
    single: false,
  };
  const { parts } = await gradientParts(traced, step, { elements: MOST_ELEMENTS, seed: 7 });
  expect(parts).toHaveLength(by.length);
  for (const { name, worst, kinks, verdict } of parts) {
    if (verdict === "ok" && kinks.length === 0) continue;
    const { index, derived, numeric, limit } = kinks[0] ?? worst;
    expect.fail(`gradient of ${name}: element ${index} is ${derived}, by differences ${numeric} within ${limit}`);
  }
}
