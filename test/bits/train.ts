import type { Backend } from "../../src/index.js";
import type { Api } from "./api.js";
import type { Training } from "./training.js";

/** Numbers by what they are. */
export type Numbers = Record<string, Float32Array | Float64Array>;

/** All that a training left, in the order in which it is compared: steps first. */
export async function train(training: Training, { Trainer }: Api, device: Backend): Promise<Numbers> {
  const { model, data, setup, fits, after } = training;
  const trainer = new Trainer(model, { ...setup, device });
  try {
    const left: Numbers = {};
    for (const [i, fit] of fits.entries()) {
      const { stepLosses, epochs } = await trainer.fit(data, { ...fit, recordSteps: true });
      const call = i === 0 ? "" : `fit ${i + 1} `;
      left[`${call}loss of step`] = stepLosses!;
      for (const { epoch, ...record } of epochs) left[`${call}record of epoch ${epoch}`] = flat(record);
    }
    for (const [name, { values }] of model.parameters()) left[name] = values.slice();
    left.evaluation = flat(await trainer.evaluate(data));
    left.predictions = (await trainer.predict(data, { probabilities: true })).values;
    for (const [name, values] of Object.entries((await after?.(trainer)) ?? {})) left[name] = Float64Array.from(values);
    return left;
  } finally {
    trainer.dispose();
  }
}

/** The numbers of a record, those of its parts included; times aside. */
function flat(record: object): Float64Array {
  const values = Object.entries(record)
    .filter(([name]) => name !== "seconds")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => (typeof value === "object" ? [...flat(value)] : [value as number]));
  return Float64Array.from(values.flat());
}
