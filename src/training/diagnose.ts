import { DivergedError } from "../core/errors.js";
import { ancestors, isConstant, isVariable, type Tensor, variable } from "../graph/tensor.js";
import type { Position } from "../model/model.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory } from "./device-memory.js";
import type { EncodedDataset } from "./encode.js";
import type { Steps } from "./epochs.js";
import type { Bad, Epochs } from "./epochs-at-work.js";
import { recordCounts, type TrainingSpec, trainingGraph } from "./graphs.js";
import type { Internals } from "./internals.js";
import { loadPass, type Pass } from "./pass.js";
import { StepResults } from "./results.js";
import { stateVariables } from "./state.js";

/** A run of `fit` that went bad, and where. */
interface Divergence {
  trainer: Internals;
  source: EncodedDataset;
  training: Pass;
  epochs: Epochs;
  bad: Bad;
  /** Takes down the good epochs of the run, once it is known where it went bad. */
  count(): void;
}

/** Finds where a run of `fit` went bad, and goes back to the last good epoch. */
export async function divergedError({
  trainer: { spec, session, position },
  source,
  training,
  epochs: { steps, order, start },
  bad: { badStep, badParameter },
  count,
}: Divergence): Promise<DivergedError> {
  const done = start.position.step - steps.training.step;
  const error = await diagnose({
    ...{ spec, source, training, badParameter },
    memory: session.memory,
    steps: steps.part(done, steps.count),
    order: order.subarray(steps.place(done)),
    start: start.position,
    badStep: badStep - done,
  });
  Object.assign(position, start.position);
  count();
  session.goBack();
  return error;
}

/** A run of epochs that went bad. */
export interface BadRun {
  spec: TrainingSpec;
  source: EncodedDataset;
  /** Its copy "run start" has what parameters and state were before the run. */
  memory: DeviceMemory;
  /** Its memory is freed for the search. */
  training: Pass;
  steps: Steps;
  order: Uint32Array<ArrayBuffer>;
  /** Where the training was before the run. */
  start: Position;
  /** Step of the run, from 0, at which a result was NaN or infinite; past the last one if only parameters were. */
  badStep: number;
  /** Place of a parameter that is bad after the run, if one is. */
  badParameter?: number;
}

/**
 * Finds where a run of epochs went bad. Afterwards the copy "run start" has the end of the last good epoch.
 *
 * The run is done again from its start, which gives the same bits: the good epochs as they were, then the bad one with
 * every tensor of every step looked at. So a training pays nothing for this until it needs it.
 */
export async function diagnose(run: BadRun): Promise<DivergedError> {
  const { spec, source, memory, training, steps, order, start, badStep, badParameter } = run;
  const { perEpoch, rows, count } = steps;
  const badEpoch = Math.floor(Math.min(badStep, count - 1) / perEpoch);
  memory.restore("run start");
  if (badEpoch > 0) {
    await training.run(steps.part(0, badEpoch * perEpoch), order.subarray(0, badEpoch * rows));
    memory.keep("run start", "all");
  }
  training.dispose();

  const shapes = { ...source.shapes, order: rows, steps: perEpoch };
  const { labels } = diagnosticGraph(spec, shapes);
  const trace = (shapes: EncodedDataset["shapes"]) => diagnosticGraph(spec, shapes).roots;
  const watched = await loadPass(memory, { label: "diagnosis", trace, output: "counts" }, { ...source, shapes });
  try {
    const epochSteps = steps.part(badEpoch * perEpoch, Math.min((badEpoch + 1) * perEpoch, count));
    const epochOrder = order.subarray(badEpoch * rows, (badEpoch + 1) * rows);
    const [counts] = await memory.read([await watched.run(epochSteps, epochOrder)]);
    const results = new StepResults(counts, labels.length);
    const names = [...spec.model.own.keys()];
    let step = 0;
    while (step < epochSteps.count && results.positiveSlots(step).length === 0) step++;
    // Nothing bad before the last update means that the update itself spoiled a parameter.
    const tensor = step < epochSteps.count ? labels[results.positiveSlots(step)[0]] : names[badParameter ?? 0];
    const epoch = start.epoch + badEpoch + 1;
    const before = badEpoch === 0 ? (start.underway?.steps ?? 0) : 0;
    const inEpoch = Math.min(step + 1, epochSteps.count) + before;
    const rate = epochSteps.training.learningRate(badEpoch * perEpoch + inEpoch - 1);
    const place = before > 0 ? `step ${before} of epoch ${epoch}` : `the end of epoch ${epoch - 1}`;
    return new DivergedError(
      `Training diverged in epoch ${epoch}, step ${inEpoch}: the first tensor with NaN or infinity is ${tensor}. ` +
        `The model is back at ${place}. Lower the learning rate (it was ${rate}), or standardise the features.`,
      epoch,
      inEpoch,
      tensor,
    );
  } finally {
    watched.dispose();
  }
}

/** A training step that also counts, in slot i, the non-finite elements of the i-th tensor on the way. */
function diagnosticGraph(spec: TrainingSpec, shapes: DataShapes): { roots: Tensor[]; labels: string[] } {
  const { roots } = trainingGraph(spec, shapes);
  const { model, optimizer } = spec;
  const own = new Set([...model.own.keys(), ...stateVariables(model, optimizer).map(([name]) => name)]);
  const tensors = ancestors(roots).filter((tensor) => isNumeric(tensor, own));
  const counts = variable("counts", [shapes.steps, tensors.length, 2]);
  return {
    roots: [...recordCounts(counts, tensors), ...roots],
    labels: tensors.map(({ label }) => label),
  };
}

/** Whether a tensor is worth looking at. @param parameters - the variables that are */
const isNumeric = (tensor: Tensor, parameters: ReadonlySet<string>) =>
  tensor.dtype === "f32" &&
  !tensor.op.writes &&
  !tensor.op.view &&
  !isConstant(tensor) &&
  (!isVariable(tensor) || parameters.has(tensor.label));
