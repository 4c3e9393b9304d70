import { lower } from "../compile/rewrite.js";
import type { StepFields } from "../compile/steps.js";
import { ancestors, isConstant, isVariable, type Tensor } from "../graph/tensor.js";
import type { CustomActivation } from "../ops/activations.js";
import { matmulSizes } from "../ops/matmul.js";
import type { ReduceAttributes } from "../ops/reduce.js";
import { Evaluator } from "./evaluator.js";
import { type FunctionClass, largest, type Making } from "./tolerance.js";

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

/** WGSL's inexact functions, as they are called in an activation of the user's own. */
const WGSL: readonly (readonly [RegExp, FunctionClass])[] = [
  [/\//g, "division"],
  [/\b(sqrt|inverseSqrt)\(/g, "root"],
  [/\b(exp2?|sinh|cosh)\(/g, "exponential"],
  [/\b(log2?|asinh|acosh|atanh)\(/g, "logarithm"],
  [/\bpow\(/g, "power"],
  [/\btanh\(/g, "hyperbolic"],
  [/\b(a?sin|a?cos|a?tan|atan2)\(/g, "trigonometric"],
];

function inexactFunctions({ op, attributes }: Tensor): readonly FunctionClass[] {
  const { wgsl } = (attributes.activation ?? {}) as Partial<CustomActivation>;
  if (!wgsl) return functionsOf[op.name] ?? [];
  const text = op.name === "customActivation" ? wgsl.forward : wgsl.gradient;
  return WGSL.flatMap(([called, name]) => Array.from(text.matchAll(called), () => name));
}

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
  // In float32, so that what is infinite there doesn't count: no limit would be left.
  const floats = inputs.filter(({ dtype }) => dtype === "f32");
  const sizes = floats.map((input) => largest(Float32Array.from(evaluator.of(input))));
  if (op.name === "matmul") return largest([Math.fround(sizes[0] * sizes[1])]);
  return ADDING.includes(op.name) ? Math.max(...sizes) : 0;
}

/** How traced results are made: each by terms and functions of all its launches together, as if they lay on one path. */
export function makingsOf(
  results: readonly Tensor[],
  values: ReadonlyMap<Tensor, ArrayLike<number>>,
  step: StepFields,
): Required<Making>[] {
  const { outputs } = lower(results);
  const evaluator = new Evaluator(outputs);
  evaluator.set(values);
  evaluator.run(step);
  const floats = [...values].filter(([{ dtype }]) => dtype === "f32");
  const argument = Math.max(1, ...floats.map(([, numbers]) => largest(numbers)));
  return outputs.map((output) => {
    const launches = ancestors([output]).filter(({ op }) => !op.view && !op.writes);
    const made = launches.filter((tensor) => !isVariable(tensor) && !isConstant(tensor));
    return {
      terms: made.reduce((sum, tensor) => sum + termsOf(tensor), 0),
      functions: ancestors([output]).flatMap(inexactFunctions),
      argument,
      summed: Math.max(0, ...launches.map((tensor) => summedBy(tensor, evaluator))),
    };
  });
}
