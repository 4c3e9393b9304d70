import { ancestors, isConstant, isVariable, type Tensor } from "../../src/graph/tensor.js";
import { matmulSizes } from "../../src/ops/matmul.js";
import type { ReduceAttributes } from "../../src/ops/reduce.js";
import type { FunctionClass, Making } from "../tolerance.js";
import type { Data } from "./data.js";
import { Evaluator } from "./evaluate.js";
import type { StepRecord } from "./run.js";

/** Which inexact functions each op is made of; ops that aren't listed are exact or only add and multiply. */
const functionsOf: Record<string, readonly FunctionClass[]> = {
  div: ["division"],
  sqrt: ["root"],
  exp: ["exponential"],
  log: ["logarithm"],
  pow: ["power"],
  erf: ["exponential", "division"],
  elu: ["exponential"],
  sigmoid: ["exponential", "division"],
  tanh: ["hyperbolic"],
  softplus: ["logSumExp"],
  softmax: ["logSumExp", "exponential"],
  logSoftmax: ["logSumExp"],
  softmaxCrossEntropy: ["logSumExp"],
  softmaxCrossEntropyGradient: ["logSumExp", "exponential"],
  rmsprop: ["root", "division"],
  adam: ["root", "division"],
};

/** How many numbers an op adds up for one element. */
function termsOf({ op, inputs, attributes }: Tensor): number {
  if (op.name === "sum") return (attributes as ReduceAttributes).length;
  if (op.name === "matmul") return matmulSizes(inputs[0].shape, inputs[1].shape, attributes).k;
  if (op.name === "scatterAdd") return inputs[0].shape[0];
  if (op.name === "logSoftmax" || op.name.startsWith("softmax")) return inputs[0].shape.at(-1) ?? 1;
  if (op.name === "erf") return 26; // its series
  return 1;
}

const ADDING = ["add", "sub", "sum", "scatterAdd", "logSoftmax", "softmaxCrossEntropy"];

/** The largest magnitude among the numbers that an op adds up. */
function summedBy({ op, inputs }: Tensor, evaluator: Evaluator): number {
  const sizes = inputs.filter(({ dtype }) => dtype === "f32").map((input) => largest(evaluator.of(input)));
  if (op.name === "matmul") return sizes[0] * sizes[1];
  return ADDING.includes(op.name) ? Math.max(...sizes) : 0;
}

export function largest(values: ArrayLike<number>): number {
  let magnitude = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) magnitude = Math.max(magnitude, Math.abs(values[i]));
  }
  return magnitude;
}

/** How a traced result is made: terms and functions of all its launches together, as if they lay on one path. */
export function makingOf(
  output: Tensor,
  variables: readonly Tensor[],
  inputs: readonly Data[],
  step: StepRecord,
): Required<Making> {
  const launches = ancestors([output]).filter(({ op }) => !op.view && !op.writes);
  const evaluator = new Evaluator([output]);
  variables.forEach((variable, i) => {
    evaluator.of(variable).set(inputs[i].values);
  });
  evaluator.run(step);
  const floats = inputs.filter(({ values }) => values instanceof Float32Array);
  return {
    terms: launches.reduce((sum, tensor) => sum + (isVariable(tensor) || isConstant(tensor) ? 0 : termsOf(tensor)), 0),
    functions: ancestors([output]).flatMap(({ op }) => functionsOf[op.name] ?? []),
    argument: Math.max(1, ...floats.map(({ values }) => largest(values))),
    summed: Math.max(0, ...launches.map((tensor) => summedBy(tensor, evaluator))),
  };
}
