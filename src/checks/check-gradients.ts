import type { StepFields } from "../compile/steps.js";
import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { formatShape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { ancestors, type Tensor } from "../graph/tensor.js";
import { activationsIn } from "./activations.js";
import { Differences } from "./differences.js";
import { checkElements, type ElementOptions } from "./elements.js";
import { type GradientPart, GradientReport, partOf } from "./gradient-report.js";
import { type CheckSubject, SUBJECT_OPTIONS, type SubjectOptions, type Traced, traceSubject } from "./subject.js";
import { indexAt } from "./text.js";
import { gradientsOf, weigh } from "./weighted.js";

/** Options of `checkGradients`. */
export interface GradientCheckOptions extends SubjectOptions {
  /** The most elements of each parameter and input that are compared, drawn at random by the seed; default 100. */
  elements?: number;
}

/** The check behind `checkGradients` of `index.ts`. */
export async function checkGradients(subject: CheckSubject, given: GradientCheckOptions = {}): Promise<GradientReport> {
  const { elements, ...options } = optionsOf("checkGradients", given, { ...SUBJECT_OPTIONS, elements: 100 });
  if (!(Number.isSafeInteger(elements) || elements === Number.POSITIVE_INFINITY) || elements < 1) {
    throw new ArgumentError(
      `checkGradients: elements must be a positive integer, or Infinity for all, got ${shown(elements)}.`,
    );
  }
  const traced = traceSubject("checkGradients", subject, options);
  const { seed } = options;
  const step = { first: 0, rows: traced.rows, seed };
  const choice = { elements, seed };
  const { parts, differences } = await gradientParts(traced, step, choice);
  const causes: GradientPart[] = [];
  for (const activation of activationsIn(traced, (tensor) => differences.valuesOf(tensor))) {
    causes.push(...(await gradientParts(activation, step, choice)).parts);
  }
  return new GradientReport(traced.title, [...parts, ...causes], causes, firstNotFinite(traced.y, differences));
}

/**
 * Compares the gradients of a traced subject, element by element.
 *
 * @throws ArgumentError when the result doesn't depend on a variable, or an op on the way has no gradient
 */
export async function gradientParts(
  traced: Traced,
  step: StepFields,
  choice: Omit<ElementOptions, "single">,
): Promise<{ parts: GradientPart[]; differences: Differences }> {
  const { values, single } = traced;
  const by = differentiable(traced, choice.seed);
  const differences = new Differences(weigh(traced, choice.seed), by, values, step);
  const parts: GradientPart[] = [];
  for (const parameter of by) {
    const checked = await checkElements(differences, parameter, { ...choice, single });
    parts.push(partOf(parameter.label, parameter.shape, checked, (place) => differences.valueAt(parameter, place)));
  }
  return { parts, differences };
}

/** Variables to differentiate by. @throws ArgumentError when there are none, or an op on the way has no gradient */
export function differentiable(traced: Traced, seed: number): readonly Tensor[] {
  const { title, by, optional } = traced;
  if (by.length === 0) {
    throw new ArgumentError(`${title} has no f32 input to differentiate by: give one that isn't of integers.`);
  }
  const all = [...by, ...optional];
  try {
    gradientsOf(weigh(traced, seed), all);
    return all;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    if (optional.length > 0) return differentiable({ ...traced, optional: [] }, seed);
    throw new ArgumentError(
      `There is no gradient of ${title} by ${by.map(({ label }) => label).join(", ")}: on the way there is nothing but ` +
        `steps, such as greater, for one of them. (${error.message})`,
    );
  }
}

/** The first tensor on the way that has NaN or infinity, and where. */
function firstNotFinite(y: Tensor, differences: Differences): string | undefined {
  for (const tensor of ancestors([y])) {
    const values = differences.valuesOf(tensor);
    const place = values.findIndex((value) => !Number.isFinite(value));
    if (place >= 0) return `${tensor.label} is ${values[place]} at ${formatShape(indexAt(place, tensor.shape))}`;
  }
  return undefined;
}
