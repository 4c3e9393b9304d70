import { ArgumentError } from "../core/errors.js";
import type { Parameter } from "../model/model.js";
import { averageName } from "../optimizers/index.js";
import type { Internals } from "./internals.js";
import { isTrained } from "./state.js";

/** See `Trainer.withAverage`. */
export async function withAverage<T>(trainer: Internals, work: () => T | Promise<T>): Promise<T> {
  const { session, position, calls, spec } = trainer;
  const { model, optimizer } = spec;
  if (!optimizer.averages) {
    throw new ArgumentError(
      "withAverage: this trainer's optimizer keeps no averages. Give it one that does: movingAverage(adam()).",
    );
  }
  if (position.step === 0) throw new ArgumentError("withAverage: nothing was trained yet. Call fit first.");
  const isAveraged = ([name, { trainable }]: [string, Parameter]) => isTrained(optimizer, name, trainable);
  const names = [...model.own].filter(isAveraged).map(([name]) => name);
  const averages = await session.survive(async (memory) => {
    await session.bringHome();
    return memory.read(names.map((name) => memory.variables.get(averageName(name))!));
  });
  const trained = model.parameters();
  model.setParameters(new Map(names.map((name, i) => [name, { values: averages[i] as Float32Array }])));
  try {
    return await calls.rest(work);
  } finally {
    model.setParameters(trained);
  }
}
