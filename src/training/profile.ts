import type { KernelText } from "../backends/backend.js";
import { type Cost, costOf } from "../compile/cost.js";
import { ArgumentError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import type { Dataset } from "../data/dataset.js";
import type { DeviceMemory } from "./device-memory.js";
import { type EncodedDataset, encode } from "./encode.js";
import { epochOrder, Steps } from "./epochs.js";
import { type TrainingSpec, trainingGraph } from "./graphs.js";
import { microBatchOf } from "./micro-batch.js";
import { loadPass } from "./pass.js";

/** Options of `Trainer.profile`. */
export interface ProfileOptions {
  /** Rows per step; 32. */
  batchSize?: number;
  /** Rows of a batch that go through the network at a time; all of them. */
  microBatchSize?: number;
  /** Number of times that each launch is run in a step, to be seen by a coarse clock; 10. */
  repeats?: number;
}

/** A launch of a training step: what it does, how long it takes, and how much that is. */
export interface LaunchProfile extends Cost {
  /** Where in the model it comes from, and what was fused: "dense/matmul + add + relu". */
  label: string;
  /** Of one run of the launch. */
  milliseconds: number;
}

/** Times of a training step and of its launches; see `Trainer.profile`. */
export interface Profile {
  /** A step as training runs it, launches back to back; the wait for the device included. */
  stepMilliseconds: number;
  launches: LaunchProfile[];
}

const STEPS = 16;

/** Numbers of rows that a step takes, and of those at a time. */
type Batches = { batchSize: number; microBatchSize: number | undefined };
const BATCHES: Batches = { batchSize: 32, microBatchSize: undefined };

/** A training step on batches of some rows, ready to run. */
function loadStep(spec: TrainingSpec, memory: DeviceMemory, data: Dataset, { batchSize, microBatchSize }: Batches) {
  const source = encode(spec, data, batchSize);
  const { batch } = source.shapes;
  source.shapes.microBatch = microBatchOf(microBatchSize, batch);
  const trace = (shapes: EncodedDataset["shapes"]) => trainingGraph(spec, shapes).roots;
  return loadPass(memory, { label: "profile", trace }, source);
}

const orderOf = ({ rows }: Dataset) => epochOrder(rows, 0, 0, true);

/** The kernels of a training step as the GPU runs them, in order. */
export async function kernelsOn(
  spec: TrainingSpec,
  memory: DeviceMemory,
  data: Dataset,
  options: Omit<ProfileOptions, "repeats">,
): Promise<readonly KernelText[]> {
  const batches = optionsOf("kernels", options, BATCHES);
  const { backend } = memory.device;
  if (backend !== "webgpu") {
    throw new ArgumentError(`kernels: the ${backend} backend runs no WGSL. Use openDevice({ backend: "webgpu" }).`);
  }
  const pass = await loadStep(spec, memory, data, batches);
  try {
    const { graph } = await pass.begin(stepsOf(spec, data, pass.batch), orderOf(data));
    return graph.program.kernels!;
  } finally {
    pass.dispose();
  }
}

function stepsOf({ optimizer: { config, hyperparameters } }: TrainingSpec, data: Dataset, batch: number): Steps {
  const training = { seed: 0, step: 0, epochs: 1, learningRate: () => config.learningRate, hyperparameters };
  return new Steps(Math.min(data.rows, STEPS * batch), batch, training);
}

/** Times a training step launch by launch, and puts parameters and optimizer state back afterwards. */
export async function profileOn(
  spec: TrainingSpec,
  memory: DeviceMemory,
  data: Dataset,
  options: ProfileOptions,
): Promise<Profile> {
  const { repeats, ...batches } = optionsOf("profile", options, { ...BATCHES, repeats: 10 });
  checkCount("profile: repeats", repeats);
  const pass = await loadStep(spec, memory, data, batches);
  memory.keep("profile", "all");
  try {
    const { graph, table } = await pass.begin(stepsOf(spec, data, pass.batch), orderOf(data));
    const once = async () => {
      await graph.program.run(table);
      await memory.device.read([graph.buffers.get("results")!]);
    };
    await once(); // the first run of a kernel is slow
    const started = performance.now();
    await once();
    const stepMilliseconds = (performance.now() - started) / table.count;
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
    pass.dispose();
  }
}
