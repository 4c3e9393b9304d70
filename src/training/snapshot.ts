import { ArgumentError } from "../core/errors.js";
import type { Snapshot } from "../model/model.js";
import { fitsState } from "./graphs.js";
import type { Internals } from "./internals.js";
import { describeTraining } from "./saved.js";
import { homeAt } from "./session.js";

/** See `Trainer.snapshot`. */
export async function takeSnapshot(trainer: Internals): Promise<Snapshot> {
  await trainer.session.bringHome();
  return { training: await describeTraining(trainer, true), parameters: trainer.spec.model.parameters() };
}

/** See `Trainer.restore`. */
export async function restoreSnapshot(trainer: Internals, snapshot: Snapshot): Promise<void> {
  const { spec, session, position } = trainer;
  const { parameters, training } = snapshot ?? {};
  if (!(parameters instanceof Map) || typeof training?.step !== "number") {
    throw new ArgumentError("restore: needs a snapshot, as trainer.snapshot() gives it.");
  }
  const { model, optimizer } = spec;
  const missing = [...model.own.keys()].find((name) => !parameters.has(name));
  if (missing || !fitsState(model, training, optimizer)) {
    const reason = missing ? `it has no ${missing}` : "this trainer's optimizer keeps other state";
    throw new ArgumentError(`restore: the snapshot is of another model or optimizer: ${reason}.`);
  }
  const { epoch, step, learningRate, scheduleState, underway } = training;
  const before = { ...position };
  Object.assign(position, { epoch, step, learningRate, scheduleState: structuredClone(scheduleState), underway });
  try {
    const state = training.state ?? new Map();
    model.setParameters(parameters);
    session.home = homeAt(position, state);
    session.setHome(true);
    session.held?.forget("kept");
    const values = new Map([...state].map(([name, { values }]) => [name, values]));
    await session.survive(async (memory) => memory.write(values));
  } catch (error) {
    if (!session.isLost) Object.assign(position, before); // the parameters were refused
    throw error;
  }
  trainer.resumable = training;
}
