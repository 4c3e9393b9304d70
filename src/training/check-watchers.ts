import { ArgumentError } from "../core/errors.js";
import { checkList, joined, nearestName, type OptionNames } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Dataset } from "../data/dataset.js";
import type { Callback } from "./callbacks.js";
import type { FitOptions } from "./fit-options.js";

/** Members of a callback that `fit` reads. */
const MEMBERS: OptionNames<Callback> = {
  onStart: true,
  onEpoch: true,
  onStep: true,
  every: true,
  afterEpoch: true,
  onEnd: true,
  onClose: true,
  name: true,
  saveState: true,
  restoreState: true,
};
const HOOKS = Object.keys(MEMBERS).filter((name) => name !== "every" && name !== "name") as (keyof Callback)[];

/** Hooks of Keras, TensorFlow.js and Lightning, lower case and joined, by the hook here. */
const ELSEWHERE: Readonly<Record<string, keyof Callback>> = {
  ontrainbegin: "onStart",
  onfitstart: "onStart",
  onbegin: "onStart",
  onepochend: "onEpoch",
  ontrainepochend: "onEpoch",
  onvalidationend: "onEpoch",
  onepochbegin: "onEpoch",
  onbatchend: "onStep",
  ontrainbatchend: "onStep",
  onstepend: "onStep",
  onbatchbegin: "onStep",
  onyield: "onStep",
  ontrainend: "onEnd",
  onfitend: "onEnd",
};

/**
 * Checks options that few trainings have.
 *
 * @param data - that the augmentation changes, where it is a data set
 * @throws ArgumentError when callbacks aren't such, the signal isn't one, or there is no such augmentation
 */
export async function checkWatchers({ callbacks = [], signal, augment }: FitOptions, data?: Dataset): Promise<void> {
  const isCallback = (callback: unknown) => typeof callback === "object" && callback !== null;
  checkList("fit: callbacks", callbacks, "callbacks: [earlyStopping()]", isCallback);
  for (const callback of callbacks) checkCallback(callback);
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new ArgumentError(
      `fit: signal must be an AbortSignal, such as new AbortController().signal, got ${shown(signal)}.`,
    );
  }
  if (!augment || !data) return;
  const { checkAugmentation } = await import("../data/augmentation/augment.js");
  checkAugmentation(augment, data.shape);
}

/**
 * Refuses hooks that would never be called. Members of the user's own, data and functions, are let be.
 *
 * @throws ArgumentError when a hook isn't a function, a function has nearly the name of one, or there are members but no hook
 */
function checkCallback(callback: Callback): void {
  const given = callback as Readonly<Record<string, unknown>>;
  for (const hook of HOOKS) {
    if (given[hook] === undefined || typeof given[hook] === "function") continue;
    throw new ArgumentError(`fit: a callback's ${hook} must be a function, got ${shown(given[hook])}.`);
  }
  const names = namesOf(callback);
  for (const name of names) {
    if (Object.hasOwn(MEMBERS, name) || !/^(on|after|before)/.test(name) || typeof given[name] !== "function") continue;
    const meant = ELSEWHERE[joined(name)] ?? nearestName(name, HOOKS);
    if (meant) throw new ArgumentError(`fit: callbacks have no hook ${JSON.stringify(name)}. Did you mean ${meant}?`);
  }
  if (names.length === 0 || HOOKS.some((hook) => given[hook] !== undefined)) return;
  throw new ArgumentError(
    `fit: a callback with ${names.slice(0, 5).join(", ")} has no hook that is ever called. Hooks are ${HOOKS.join(", ")}.`,
  );
}

/** Names of an object's members, those of its class among them. */
function namesOf(callback: object): string[] {
  const names = new Set<string>();
  for (let each = callback; each && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(each)) if (name !== "constructor") names.add(name);
  }
  return [...names];
}
