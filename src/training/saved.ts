import { dataOf } from "../core/data-of.js";
import type { Values } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import type { Dataset } from "../data/dataset.js";
import type { Parameter, SavedHead, SavedRun, SavedTraining } from "../model/model.js";
import type { Callback } from "./callbacks.js";
import type { FitOptions, RunOptions } from "./fit-options.js";
import type { Head } from "./heads.js";
import type { ActiveFit, Internals } from "./internals.js";
import { isBuiltIn } from "./metrics.js";
import { stateVariables } from "./state.js";

/**
 * The state of a trainer that is saved beside its parameters.
 *
 * @param withState - also the optimizer's state, the parameters that a callback kept, and the run at work
 */
export async function describeTraining(trainer: Internals, withState: boolean): Promise<SavedTraining> {
  const { spec, schedule, position, session, run } = trainer;
  const { model, heads, optimizer, gradients } = spec;
  const [only] = heads.map(describeHead);
  const { underway, scheduleState } = position;
  const described = {
    ...{ optimizer, schedule, gradients },
    ...(heads.length === 1
      ? only
      : { heads: Object.fromEntries(heads.map((head) => [head.name, describeHead(head)])) }),
    ...position,
    scheduleState: structuredClone(scheduleState),
    ...(underway && {
      underway: { ...underway, sums: [...underway.sums] },
    }),
  };
  if (!withState) return described;
  const { memory } = session;
  const parameters = model.own;
  const shapes = stateVariables(model, optimizer);
  const copies = [...(memory.copyOf("kept") ?? [])];
  const read = await memory.read([
    ...shapes.map(([name]) => memory.variables.get(name)!),
    ...copies.map(([, copy]) => copy),
  ]);
  const state = shapes.map(([name, shape], i): [string, Parameter] => [name, { shape, values: floats(read[i]) }]);
  const kept = copies.map(([{ label }], i): [string, Parameter] => [
    label,
    { shape: parameters.get(label)!.shape, values: floats(read[shapes.length + i]) },
  ]);
  return {
    ...described,
    state: new Map(state),
    ...(kept.length > 0 && { kept: new Map(kept) }),
    ...(run && { run: describeRun(run) }),
  };
}

const describeHead = ({ loss, weight, metrics }: Head): SavedHead => ({
  loss,
  ...(weight !== 1 && { lossWeight: weight }),
  metrics: metrics.filter(isBuiltIn).map(({ name }) => name),
});

const floats = (values: Values) => values as Float32Array<ArrayBuffer>;

/** The value that a hook gave. @throws ArgumentError where that is a promise: checkpoints hold JSON, and nobody awaits it */
function atOnce({ name = "" }: Callback, hook: string, given: unknown): unknown {
  if (typeof (given as PromiseLike<unknown> | undefined)?.then !== "function") return given;
  Promise.resolve(given).catch(() => {}); // the error below stands for its own
  throw new ArgumentError(
    `The callback "${name}": ${hook} must be done at once, but it gave a promise. Don't make it async.`,
  );
}

/** A run with what its callbacks remember. */
export function describeRun({ callbacks, start, stopped, validateEvery, settings }: ActiveFit): SavedRun {
  const states = callbacks.flatMap((callback) =>
    callback.saveState
      ? [{ name: callback.name ?? "", state: atOnce(callback, "saveState", callback.saveState()) }]
      : [],
  );
  const run = { start, stopped, validateEvery, ...settings, callbacks: states };
  const data = dataOf.get(settings);
  if (data) dataOf.set(run, data);
  return run;
}

/**
 * The options of a call of `fit` that goes on with the one a checkpoint was taken in. Gives callbacks what they
 * remembered, and the device the parameters that were kept.
 *
 * @throws ArgumentError when options contradict that call, or the trainer isn't where the checkpoint was
 */
export async function resumeRun(trainer: Internals, options: FitOptions, data: Dataset): Promise<RunOptions> {
  const { position, session, resumable: saved } = trainer;
  const run = saved?.run;
  if (!run && position.epoch === 0) return options;
  if (!run || position.epoch !== saved.epoch || position.step !== saved.step) {
    throw new ArgumentError(
      run
        ? "fit: resume goes on from where a checkpoint was taken, but this trainer has another optimizer than it had, or " +
            "has trained since. Make it of the loaded model and the same optimizer, and resume first of all."
        : "fit: there is nothing to resume; the model wasn't loaded from a checkpoint. Leave resume out to train further.",
    );
  }
  const { seed = run.seed, batchSize = run.batchSize, shuffle = run.shuffle, callbacks = [] } = options;
  const { microBatchSize = run.microBatchSize, validateEvery = run.validateEvery } = options;
  const same = { seed, batchSize, microBatchSize, shuffle, rows: data.rows };
  for (const [name, value] of Object.entries(same)) {
    const before = run[name as keyof typeof same];
    if (value === before) continue;
    const what = name === "rows" ? "the data have as many rows" : `${name} is`;
    throw new ArgumentError(`fit: to resume a run, ${what} as before: ${before}, not ${value}.`);
  }
  if (!(await import("./same-data.js")).areOf(run, data)) {
    throw new ArgumentError(
      "fit: to resume a run, the data are as before; these have other values or other rows. Give the same data, or leave " +
        "resume out to train further on these.",
    );
  }
  const { augment = run.augment, buckets = run.buckets } = options;
  for (const [name, value] of Object.entries({ augment, buckets })) {
    const [before, now] = [run[name as "augment" | "buckets"], value].map((each) => JSON.stringify(each));
    if (now !== before) throw new ArgumentError(`fit: to resume a run, ${name} is as before: ${before}, not ${now}.`);
  }
  restoreCallbacks(callbacks, run.callbacks);
  if (saved.kept) {
    const { memory } = session;
    memory.keep("kept", "parameters");
    for (const [{ label }, copy] of memory.copyOf("kept")!) memory.device.write(copy, saved.kept.get(label)!.values);
  }
  return {
    ...options,
    seed,
    batchSize,
    microBatchSize,
    buckets,
    shuffle,
    augment,
    validateEvery,
    start: run.start,
    stopped: run.stopped,
  };
}

/** Each callback takes the first state under its name that no other took. */
function restoreCallbacks(callbacks: FitOptions["callbacks"] & object, states: SavedRun["callbacks"]): void {
  const left = [...states];
  for (const callback of callbacks) {
    const place = left.findIndex(({ name }) => name === callback.name);
    if (!callback.restoreState || place < 0) continue;
    const [{ state }] = left.splice(place, 1);
    atOnce(callback, "restoreState", callback.restoreState(state));
  }
}
