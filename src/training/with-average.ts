import { ArgumentError } from "../core/errors.js";
import { averageName } from "../optimizers/index.js";
import type { Recipe } from "./graphs.js";
import type { Trainer } from "./trainer.js";

/** See `Trainer.withAverage`. */
export async function withAverage<T>(trainer: Trainer, { optimizer }: Recipe, work: () => T | Promise<T>): Promise<T> {
  if (!optimizer.averages) {
    throw new ArgumentError(
      "withAverage: this trainer's optimizer keeps no averages. Give it one that does: movingAverage(adam()).",
    );
  }
  if (trainer.step === 0) throw new ArgumentError("withAverage: nothing was trained yet. Call fit first.");
  const { model } = trainer;
  const names = [...model.parameters().keys()];
  const averages = await trainer.survive(async () => {
    const { memory } = trainer;
    await memory.download(trainer);
    const variables = memory.variables();
    return memory.device.read(names.map((name) => variables.get(averageName(name))!));
  });
  const trained = model.parameters();
  model.setParameters(new Map(names.map((name, i) => [name, { values: averages[i] }])));
  try {
    return await trainer.whileResting(work);
  } finally {
    model.setParameters(trained);
    await trainer.whileResting(() => trainer.sync());
  }
}
