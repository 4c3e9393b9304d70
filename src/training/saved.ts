import type { Values } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import type { SavedRun, SavedTraining } from "../model/model.js";
import type { Schedule } from "../schedules/index.js";
import type { DeviceMemory } from "./device-memory.js";
import type { FitOptions, Run, RunOptions } from "./fit.js";
import { type Recipe, stateVariables } from "./graphs.js";
import type { Trainer } from "./trainer.js";

/**
 * What is saved of a trainer beside its parameters.
 *
 * @param memory - where the optimizer's state is and a kept copy; both are left out where it is absent, and the run, too
 */
export async function describeTraining(
  trainer: Trainer,
  { loss, optimizer, metrics, gradients }: Recipe,
  schedule: Schedule | undefined,
  memory: DeviceMemory | undefined,
): Promise<SavedTraining> {
  const { learningRate, scheduleState, epoch, step, run } = trainer;
  const named = metrics.filter((metric) => typeof metric === "string");
  const recipe = { loss, optimizer, schedule, metrics: named, gradients };
  const described = { ...recipe, learningRate, scheduleState, epoch, step };
  if (!memory) return described;
  const parameters = memory.model.parameters();
  const shapes = stateVariables(memory.model, optimizer);
  const copies = [...(memory.copyOf("kept") ?? [])];
  const variables = memory.variables();
  const state = await memory.device.read(shapes.map(([name]) => variables.get(name)!));
  const kept = await memory.device.read(copies.map(([, copy]) => copy));
  return {
    ...described,
    state: new Map(shapes.map(([name, shape], i) => [name, { shape, values: floats(state[i]) }])),
    ...(copies.length > 0 && {
      kept: new Map(
        copies.map(([{ label }], i) => [label, { shape: parameters.get(label)!.shape, values: floats(kept[i]) }]),
      ),
    }),
    ...(run && { run: describeRun(run) }),
  };
}

const floats = (values: Values) => values as Float32Array<ArrayBuffer>;

function describeRun({ callbacks, ...run }: Run): SavedRun {
  const states = callbacks.flatMap((callback) =>
    callback.saveState ? [{ name: callback.name ?? "", state: callback.saveState() }] : [],
  );
  return { ...run, callbacks: states };
}

/**
 * The options of a call of `fit` that goes on with the one a checkpoint was taken in. Gives callbacks what they
 * remembered, and the device the parameters that were kept.
 *
 * @throws ArgumentError when options contradict that call, or the trainer isn't where the checkpoint was
 */
export function resumeRun(trainer: Trainer, memory: DeviceMemory, options: FitOptions, rows: number): RunOptions {
  const saved = trainer.model.training;
  const run = saved?.run;
  if (!run && trainer.epoch === 0) return options;
  if (!run || trainer.epoch !== saved.epoch || trainer.step !== saved.step) {
    throw new ArgumentError(
      run
        ? "fit: resume goes on from where a checkpoint was taken, but this trainer has another optimizer than it had, or " +
            "has trained since. Make it of the loaded model and the same optimizer, and resume first of all."
        : "fit: there is nothing to resume; the model wasn't loaded from a checkpoint. Leave resume out to train further.",
    );
  }
  const { seed = run.seed, batchSize = run.batchSize, shuffle = run.shuffle, callbacks = [] } = options;
  const { microBatchSize = run.microBatchSize } = options;
  const same = { seed, batchSize, microBatchSize, shuffle, rows };
  for (const [name, value] of Object.entries(same)) {
    const before = run[name as keyof typeof same];
    if (value === before) continue;
    const what = name === "rows" ? "the data have as many rows" : `${name} is`;
    throw new ArgumentError(`fit: to resume a run, ${what} as before: ${before}, not ${value}.`);
  }
  const { augment = run.augment } = options;
  if (JSON.stringify(augment) !== JSON.stringify(run.augment)) {
    throw new ArgumentError(
      `fit: to resume a run, augment is as before: ${JSON.stringify(run.augment)}, not ${JSON.stringify(augment)}.`,
    );
  }
  restoreCallbacks(callbacks, run.callbacks);
  if (saved.kept) {
    memory.keep("kept", "parameters");
    for (const [{ label }, copy] of memory.copyOf("kept")!) memory.device.write(copy, saved.kept.get(label)!.values);
  }
  return { ...options, seed, batchSize, microBatchSize, shuffle, augment, start: run.start, stopped: run.stopped };
}

/** Each callback takes the first state under its name that no other took. */
function restoreCallbacks(callbacks: FitOptions["callbacks"] & object, states: SavedRun["callbacks"]): void {
  const left = [...states];
  for (const callback of callbacks) {
    const place = left.findIndex(({ name }) => name === callback.name);
    if (!callback.restoreState || place < 0) continue;
    const [{ state }] = left.splice(place, 1);
    callback.restoreState(state);
  }
}
