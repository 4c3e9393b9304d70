import { ArgumentError, FormatError } from "../../core/errors.js";
import { nearestName } from "../../core/options.js";
import type { Block } from "./block.js";

/** Value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A kind of preprocessing step: `fit` measures the training rows alone, `apply` changes any rows by what was measured.
 * Options and state are plain JSON, which a saved model keeps; numbers come back to the last bit.
 */
export interface StepKind<Options extends Json = Json, State extends Json = Json> {
  readonly name: string;
  /** @param block - the training rows of the columns that the step is given */
  fit(block: Block, options: Options): State;
  /**
   * Changes any rows by what was measured.
   *
   * @returns as many rows as it was given
   */
  apply(block: Block, state: State, options: Options): Block;
}

/** A step that isn't fitted yet. */
export interface Step {
  readonly step: string;
  readonly options: Json;
}

/** A step with what it measured. */
export interface FittedStep extends Step {
  readonly state: Json;
}

const kinds = new Map<string, StepKind>();

/**
 * Makes a kind of step known by its name, so that models that were saved with it can be loaded.
 *
 * @returns makes steps of this kind: `const title = registerStep({ name: "title", fit, apply }); title()`
 * @throws ArgumentError when it isn't a kind of step, or another has its name
 */
export function registerStep<Options extends Json = Json, State extends Json = Json>(
  kind: StepKind<Options, State>,
): (options?: Options) => Step {
  const { name, fit, apply } = kind ?? {};
  if (typeof name !== "string" || name === "" || typeof fit !== "function" || typeof apply !== "function") {
    throw new ArgumentError("registerStep: needs { name, fit(block, options), apply(block, state, options) }.");
  }
  const known = kinds.get(name);
  if (known && known !== (kind as unknown)) {
    throw new ArgumentError(`registerStep: there is a step "${name}" already. Choose another name.`);
  }
  kinds.set(name, kind as unknown as StepKind);
  return (options = {} as Options) => ({ step: name, options });
}

/** @throws FormatError when no such kind is known: it is one of the user's own, which must be registered first */
function kindOf(name: string): StepKind {
  const kind = kinds.get(name);
  if (kind) return kind;
  const nearest = nearestName(String(name), [...kinds.keys()]);
  throw new FormatError(
    `There is no preprocessing step "${name}".${nearest ? ` Did you mean ${nearest}?` : ""} A step of your own is made ` +
      "known with registerStep() before a model that has it is loaded or used.",
  );
}

/** Fits a step on training rows. */
export function fitStep({ step, options }: Step, block: Block): FittedStep {
  return { step, options, state: kindOf(step).fit(block, options) };
}

/** @throws ArgumentError when the step doesn't give as many values as there are rows */
export function applyStep({ step, options, state }: FittedStep, block: Block): Block {
  const changed = kindOf(step).apply(block, state, options);
  const bad = changed?.columns?.find(({ values }) => values.length !== block.rows);
  if (changed?.columns && !bad) return { rows: block.rows, columns: changed.columns };
  const got = bad ? `${bad.values.length} values of "${bad.name}"` : "no columns";
  throw new ArgumentError(`The preprocessing step "${step}" must give columns of ${block.rows} values, got ${got}.`);
}
