import { DivergedError } from "../core/errors.js";
import { ancestors, isConstant, isVariable, type Tensor, variable } from "../graph/tensor.js";
import type { DeviceMemory } from "./device-memory.js";
import type { Steps } from "./epochs.js";
import { type DataShapes, type Recipe, recordCounts, trainingGraph } from "./graphs.js";
import { loadPass, type Pass, type Source, StepResults } from "./pass.js";

/** A run of epochs that went bad. */
export interface BadRun {
  steps: Steps;
  order: Uint32Array<ArrayBuffer>;
  /** Epochs done before the run. */
  startEpoch: number;
  /** Step of the run, from 0, at which a result was NaN or infinite; past the last one if only parameters were. */
  badStep: number;
  /** Place of a parameter that is bad after the run, if one is. */
  badParameter?: number;
}

/**
 * Finds where a run of epochs went bad, and puts the device back to the end of the last good epoch.
 *
 * The run is done again from its start, which gives the same bits: the good epochs as they were, then the bad one with
 * every tensor of every step looked at. So a training pays nothing for this until it needs it.
 *
 * @param training - what ran; its memory is freed for the search
 * @param endEpoch - tells of a good epoch of the run, by its place
 */
export async function diagnose(
  recipe: Recipe,
  source: Source,
  memory: DeviceMemory,
  training: Pass,
  { steps, order, startEpoch, badStep, badParameter }: BadRun,
  endEpoch: (place: number) => Promise<void>,
): Promise<DivergedError> {
  const { perEpoch, rows, count } = steps;
  const badEpoch = Math.floor(Math.min(badStep, count - 1) / perEpoch);
  for (let place = 0; place < badEpoch; place++) await endEpoch(place);
  memory.restore("run start");
  if (badEpoch > 0) {
    await training.run(steps.part(0, badEpoch * perEpoch), order.subarray(0, badEpoch * rows));
    memory.keep("run start", "all");
  }
  training.dispose();

  const shapes = { ...source.shapes, order: rows, steps: perEpoch };
  const { labels } = diagnosticGraph(recipe, shapes);
  const trace = (shapes: Source["shapes"]) => diagnosticGraph(recipe, shapes).outputs;
  const watched = await loadPass(memory, { label: "diagnosis", trace, output: "counts" }, { ...source, shapes });
  try {
    const epochSteps = steps.part(badEpoch * perEpoch, (badEpoch + 1) * perEpoch);
    const epochOrder = order.subarray(badEpoch * rows, (badEpoch + 1) * rows);
    const [counts] = await memory.read([await watched.run(epochSteps, epochOrder)]);
    const results = new StepResults(counts, labels.length);
    const names = [...recipe.model.parameters().keys()];
    let step = 0;
    while (step < perEpoch && results.positiveSlots(step).length === 0) step++;
    // Nothing bad before the last update means that the update itself spoiled a parameter.
    const tensor = step < perEpoch ? labels[results.positiveSlots(step)[0]] : names[badParameter ?? 0];
    memory.restore("run start");
    const epoch = startEpoch + badEpoch + 1;
    const inEpoch = Math.min(step + 1, perEpoch);
    const rate = steps.training.learningRate(badEpoch * perEpoch + inEpoch - 1);
    return new DivergedError(
      `Training diverged in epoch ${epoch}, step ${inEpoch}: the first tensor with NaN or infinity is ${tensor}. ` +
        `The model is back at the end of epoch ${epoch - 1}. Lower the learning rate (it was ${rate}), ` +
        "or standardise the features.",
      epoch,
      inEpoch,
      tensor,
    );
  } finally {
    watched.dispose();
  }
}

/** A training step that also counts, in slot i, the non-finite elements of the i-th tensor on the way. */
function diagnosticGraph(recipe: Recipe, shapes: DataShapes): { outputs: Tensor[]; labels: string[] } {
  const outputs = trainingGraph(recipe, shapes);
  const tensors = ancestors(outputs).filter(isNumeric);
  const counts = variable("counts", [shapes.steps, tensors.length, 2]);
  return {
    outputs: [...recordCounts(counts, tensors), ...outputs],
    labels: tensors.map(({ label }) => label),
  };
}

/** Variables of a training step beside parameters and state. */
const DATA = ["features", "targets", "classes", "weights", "order", "results"];
const isNumeric = (tensor: Tensor) =>
  tensor.dtype === "f32" &&
  !tensor.op.writes &&
  !tensor.op.view &&
  !isConstant(tensor) &&
  !(isVariable(tensor) && DATA.includes(tensor.label));
