import type { Backend } from "../../src/index.js";
import { counting } from "../bench/counts.js";
import type { Api } from "./api.js";
import { type Numbers, train } from "./train.js";
import type { Training } from "./training.js";

/** Counts what a training asks of its device: launches of a step and, where it is a GPU, calls of WebGPU. */
export async function count(
  training: Training,
  api: Api,
  device: Backend,
  gpuClasses: Record<string, { prototype: object }>,
): Promise<Numbers> {
  const { fits, setup, model, data } = training;
  const [{ batchSize, microBatchSize }] = fits;
  const calls = await atSlowClock(() => counting(() => train(training, api, device), gpuClasses));
  const trainer = new api.Trainer(model, { ...setup, device });
  try {
    const { launches } = await trainer.profile(data, { batchSize, microBatchSize, repeats: 1 });
    const counts = { launches: launches.length, ...(device.backend === "webgpu" ? calls : {}) };
    return Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Float64Array.of(value)]));
  } finally {
    trainer.dispose();
  }
}

/** Everything seems to take a second or more, so that no submit grows with the speed of the machine. */
async function atSlowClock<T>(work: () => Promise<T>): Promise<T> {
  const { now } = performance;
  let seconds = 0;
  performance.now = () => 1000 * seconds++;
  try {
    return await work();
  } finally {
    performance.now = now;
  }
}
