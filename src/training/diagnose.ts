import { DivergedError } from "../core/errors.js";
import { type DeviceMemory, LoadedGraph } from "./device-memory.js";
import { type EpochRun, stepsPerEpoch, trainingTable } from "./epochs.js";
import { DATA, type DataShapes, diagnosticGraph, type Recipe } from "./graphs.js";
import { StepResults } from "./history.js";

/**
 * Finds where a run of epochs went bad, and puts the device back to the end of the last good epoch.
 *
 * The run is done again from its start, which gives the same bits: the good epochs as they were, then the bad one with
 * every tensor of every step looked at. So a training pays nothing for this until it needs it.
 *
 * @param badStep - step of the run, from 0, at which a result was NaN or infinite; the last one if only parameters were
 * @param startEpoch - epochs done before the run
 * @param badParameter - a parameter that is bad after the run
 */
export async function diagnose(
  recipe: Recipe,
  shapes: DataShapes,
  memory: DeviceMemory,
  training: LoadedGraph,
  run: EpochRun,
  badStep: number,
  startEpoch: number,
  badParameter: string,
): Promise<DivergedError> {
  const { device } = memory;
  const perEpoch = stepsPerEpoch(run.rows, run.batch);
  const badEpoch = Math.floor(badStep / perEpoch);
  memory.restore("run start");
  if (badEpoch > 0) {
    await training.program.run(trainingTable(run, { from: 0, to: badEpoch * perEpoch }));
    memory.keep("run start", "all");
  }

  const { outputs, labels } = diagnosticGraph(recipe, shapes);
  const own = Object.fromEntries(
    DATA.filter((name) => training.has(name)).map((name) => [name, training.buffer(name)]),
  );
  const watched = await LoadedGraph.load(
    "diagnosis",
    outputs,
    memory,
    { counts: { length: shapes.steps * labels.length * 2 } },
    shapes.steps,
    own,
  );
  try {
    const from = badEpoch * perEpoch;
    await watched.program.run(trainingTable(run, { from, to: from + perEpoch }));
    const [counts] = await device.read([watched.buffer("counts")]);
    const results = new StepResults(counts, labels.length);
    let step = 0;
    while (step < perEpoch && results.positiveSlots(step).length === 0) step++;
    // Nothing bad before the last update means that the update itself spoiled a parameter.
    const tensor = step < perEpoch ? labels[results.positiveSlots(step)[0]] : badParameter;
    memory.restore("run start");
    const epoch = startEpoch + badEpoch + 1;
    const inEpoch = Math.min(step + 1, perEpoch);
    const rate = run.learningRates[badEpoch];
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
