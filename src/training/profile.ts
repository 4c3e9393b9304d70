import { type Cost, costOf } from "../compile/cost.js";
import type { Dataset } from "../data/dataset.js";
import { type DeviceMemory, LoadedGraph } from "./device-memory.js";
import { epochOrder, stepsPerEpoch, trainingTable } from "./epochs.js";
import { type Recipe, trainingGraph } from "./graphs.js";
import { checkCount } from "./options.js";
import { encode } from "./passes.js";

export interface ProfileOptions {
  /** Rows per step; 32. */
  batchSize?: number;
  /** How often each launch is run in a step, to be seen by a coarse clock; 10. */
  repeats?: number;
}

/** A launch of a training step: what it does, how long it takes, and how much that is. */
export interface LaunchProfile extends Cost {
  /** Where in the model it comes from, and what was fused: "dense/matmul + add + relu". */
  label: string;
  milliseconds: number;
}

export interface Profile {
  /** A step as training runs it, launches back to back; the wait for the device included. */
  stepMilliseconds: number;
  launches: LaunchProfile[];
}

const STEPS = 16;

/** Times a training step launch by launch, and puts parameters and optimizer state back afterwards. */
export async function profileOn(
  recipe: Recipe,
  memory: DeviceMemory,
  data: Dataset,
  { batchSize = 32, repeats = 10 }: ProfileOptions,
): Promise<Profile> {
  checkCount("profile: repeats", repeats);
  const { shapes, own } = encode(recipe, data, batchSize);
  const order = { dtype: "u32" as const, values: epochOrder(data.rows, 0, 0, true) };
  const graph = await LoadedGraph.load(
    "profile",
    trainingGraph(recipe, shapes).outputs,
    memory,
    { ...own, order },
    shapes.steps,
  );
  const { learningRate } = recipe.optimizer.config;
  const run = {
    rows: data.rows,
    batch: shapes.batch,
    seed: 0,
    step: 0,
    learningRates: [learningRate],
    hyperparameters: recipe.optimizer.hyperparameters,
  };
  const steps = Math.min(STEPS, stepsPerEpoch(run.rows, run.batch));
  const table = trainingTable(run, { from: 0, to: steps });
  memory.keep("profile", "all");
  try {
    const once = async () => {
      await graph.program.run(table);
      await memory.device.read([graph.buffer("results")]);
    };
    await once(); // the first run of a kernel is slow
    const started = performance.now();
    await once();
    const stepMilliseconds = (performance.now() - started) / steps;
    const times = await graph.program.profile(table, repeats);
    const launches = graph.plan.launches.map((launch, i) => ({
      label: launch.label,
      milliseconds: times[i],
      ...costOf(launch),
    }));
    return { stepMilliseconds, launches };
  } finally {
    memory.restore("profile");
    memory.forget("profile");
    graph.dispose();
  }
}
