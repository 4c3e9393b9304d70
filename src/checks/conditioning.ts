import { lower } from "../compile/rewrite.js";
import type { StepFields } from "../compile/steps.js";
import { ArgumentError } from "../core/errors.js";
import type { ErrorModel, InexactFunction } from "../graph/error-model.js";
import type { Attributes } from "../graph/op.js";
import { ancestors, isConstant, isVariable, type Tensor } from "../graph/tensor.js";
import { Evaluator } from "./evaluator.js";
import { type Conditioning, largest } from "./tolerance.js";

/** WGSL's inexact functions, as they are called in an activation of the user's own. */
const WGSL: readonly (readonly [RegExp, InexactFunction])[] = [
  [/\//g, "division"],
  [/\b(sqrt|inverseSqrt)\(/g, "root"],
  [/\b(exp2?|sinh|cosh)\(/g, "exponential"],
  [/\b(log2?|asinh|acosh|atanh)\(/g, "logarithm"],
  [/\bpow\(/g, "power"],
  [/\btanh\(/g, "hyperbolic"],
  [/\b(a?sin|a?cos|a?tan|atan2)\(/g, "trigonometric"],
];

/** The error model that the op of a tensor declares. @throws ArgumentError when it declares none */
function errorOf({ op, label }: Tensor): ErrorModel<Attributes> {
  if (op.error || op.view) return op.error ?? {};
  throw new ArgumentError(
    `${label}: its op declares no error model, so that nothing can be compared. Give it \`error\`.`,
  );
}

function inexactFunctions(tensor: Tensor): readonly InexactFunction[] {
  const { functions = [], wgsl } = errorOf(tensor);
  if (!wgsl) return typeof functions === "function" ? functions(tensor.attributes) : functions;
  const text = wgsl(tensor.attributes);
  return WGSL.flatMap(([called, name]) => Array.from(text.matchAll(called), () => name));
}

/** Number of terms that an op adds up for one element. */
const termsOf = (tensor: Tensor): number =>
  errorOf(tensor).terms?.(
    tensor.inputs.map(({ shape }) => shape),
    tensor.attributes,
  ) ?? 1;

/** The largest magnitude among the numbers that an op adds up. */
function summedBy(tensor: Tensor, evaluator: Evaluator): number {
  const { summed } = errorOf(tensor);
  if (!summed) return 0;
  // In float32, so that what is infinite there doesn't count: no limit would be left.
  const floats = tensor.inputs.filter(({ dtype }) => dtype === "f32");
  return largest([Math.fround(summed(...floats.map((input) => largest(Float32Array.from(evaluator.of(input))))))]);
}

/** Conditioning of traced results: terms and functions of all launches that lead to each, as if they lay on one path. */
export function conditioningsOf(
  results: readonly Tensor[],
  values: ReadonlyMap<Tensor, ArrayLike<number>>,
  step: StepFields,
): Required<Conditioning>[] {
  const { outputs } = lower(results);
  const evaluator = new Evaluator(outputs);
  evaluator.set(values);
  evaluator.run(step);
  const floats = [...values].filter(([{ dtype }]) => dtype === "f32");
  const argument = Math.max(1, ...floats.map(([, numbers]) => largest(numbers)));
  return outputs.map((output) => {
    const made = ancestors([output]).filter((tensor) => !isVariable(tensor) && !isConstant(tensor));
    const summing = made.filter(({ op }) => !op.view);
    const launches = summing.filter(({ op }) => !op.writes);
    return {
      terms: launches.reduce((sum, tensor) => sum + termsOf(tensor), 0),
      functions: made.flatMap(inexactFunctions),
      argument,
      summed: Math.max(0, ...summing.map((tensor) => summedBy(tensor, evaluator))),
    };
  });
}
