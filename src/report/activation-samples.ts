import type { ActivationCurve } from "../charts/index.js";
import { Evaluator } from "../checks/evaluator.js";
import { gradients } from "../graph/gradients.js";
import { variable } from "../graph/tensor.js";
import { type Activation, activate } from "../ops/activations.js";
import { add } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";

const PLACES = Float32Array.from({ length: 81 }, (_, i) => -4 + i / 10);

/** See `sampleActivation` of `report.ts`. */
export function sampleActivation(activation: Activation): ActivationCurve {
  const x = variable("x", [PLACES.length]);
  const y = activate(x, activation);
  const [derivative] = gradients(sum(y), [x], add);
  const evaluator = new Evaluator([y, derivative]);
  evaluator.set(new Map([[x, PLACES]]));
  evaluator.run();
  const valuesOf = (tensor: typeof x) => Array.from(evaluator.of(tensor));
  const name = typeof activation === "string" ? activation : activation.name;
  return { name, x: Array.from(PLACES), y: valuesOf(y), derivative: valuesOf(derivative) };
}
