import { gradients } from "../../src/graph/gradients.js";
import { constant } from "../../src/graph/tensor.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { sum } from "../../src/ops/reduce.js";
import { expectCloseToDifferences } from "../tolerance.js";
import { type Data, normal } from "./data.js";
import { Evaluator } from "./evaluate.js";
import { type StepRecord, symbols, type Trace } from "./run.js";

/** At most so many elements of an input are moved; of larger ones, evenly spread ones. */
const MOST_ELEMENTS = 40;

/**
 * Holds the gradient rules of a traced graph against central differences, both in float64: for a weighted sum L of the
 * result and every f32 input x, dL/dxᵢ against (L(xᵢ + h) - L(xᵢ - h)) / 2h.
 */
export function checkGradient(trace: Trace, inputs: readonly Data[], step?: StepRecord): void {
  const variables = symbols(inputs);
  const y = trace(...variables);
  const loss = sum(mul(y, constant(normal(...y.shape).values, y.shape)));
  const by = variables.filter(({ dtype }) => dtype === "f32");
  const analytic = gradients(loss, by, add);

  const forward = new Evaluator([loss]);
  const backward = new Evaluator(analytic);
  variables.forEach((variable, i) => {
    forward.of(variable).set(inputs[i].values);
    backward.of(variable).set(inputs[i].values);
  });
  backward.run(step);
  const lossNow = () => {
    forward.run(step);
    return forward.of(loss)[0];
  };
  by.forEach((variable, i) => {
    const x = forward.of(variable);
    const stride = Math.ceil(x.length / MOST_ELEMENTS);
    const places = Array.from({ length: Math.ceil(x.length / stride) }, (_, at) => at * stride);
    const numeric = places.map((at) => {
      const [here, h] = [x[at], 1e-5 * Math.max(1, Math.abs(x[at]))];
      x[at] = here + h;
      const above = lossNow();
      x[at] = here - h;
      const below = lossNow();
      x[at] = here;
      return (above - below) / (2 * h);
    });
    const derived = backward.of(analytic[i]);
    expectCloseToDifferences(
      places.map((at) => derived[at]),
      numeric,
      `gradient of ${variable.label}`,
    );
  });
}
