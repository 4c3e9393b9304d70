import { STEP_BYTES } from "../../compile/steps.js";
import { DeviceError } from "../../core/errors.js";
import { COPY_DST, COPY_SRC, MAP_MODE_READ, MAP_READ, QUERY_RESOLVE } from "./flags.js";
import type { Dispatch, ProgramOwner, StepMemory } from "./program.js";

/** Launches to time, and how often each runs. */
export interface Timing {
  owner: ProgramOwner;
  dispatches: readonly Dispatch[];
  memory: StepMemory;
  steps: number;
  repeats: number;
}

/**
 * Milliseconds of each launch by the GPU's own clock. A launch runs `repeats` times in a pass of its own, because browsers
 * round the clock to 0.1 ms.
 *
 * @throws DeviceError where the adapter has no timestamps
 */
export async function timeLaunches({ owner, dispatches, memory, steps, repeats }: Timing): Promise<Float64Array> {
  const { device, commands, completion } = owner;
  if (!device.features.has("timestamp-query")) {
    throw new DeviceError("This GPU has no clock for launches (the WebGPU feature timestamp-query). Profile another.");
  }
  const bytes = dispatches.length * 16;
  const queries = device.createQuerySet({ label: "profile", type: "timestamp", count: dispatches.length * 2 });
  const resolved = device.createBuffer({ label: "profile", size: bytes, usage: QUERY_RESOLVE | COPY_SRC });
  const home = device.createBuffer({ label: "profile: readback", size: bytes, usage: MAP_READ | COPY_DST });
  const times = new Float64Array(dispatches.length);
  try {
    for (let index = 0; index < steps; index++) {
      commands.add(memory.used, (encoder) => {
        dispatches.forEach(({ pipeline, tensors, workgroups }, i) => {
          const timestampWrites = {
            querySet: queries,
            beginningOfPassWriteIndex: 2 * i,
            endOfPassWriteIndex: 2 * i + 1,
          };
          const pass = encoder.beginComputePass({ label: "profile", timestampWrites });
          pass.setBindGroup(0, memory.step, [index * memory.replicas * STEP_BYTES]);
          pass.setPipeline(pipeline);
          pass.setBindGroup(1, tensors);
          for (let repeat = 0; repeat < repeats; repeat++)
            pass.dispatchWorkgroups(workgroups[0], workgroups[1], memory.replicas);
          pass.end();
        });
        encoder.resolveQuerySet(queries, 0, dispatches.length * 2, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, home, 0, bytes);
      });
      commands.submit();
      await completion.of(home.mapAsync(MAP_MODE_READ));
      const nanoseconds = new BigUint64Array(home.getMappedRange());
      times.forEach((_, i) => {
        times[i] += Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6 / (steps * repeats);
      });
      home.unmap();
    }
    return times;
  } finally {
    queries.destroy();
    resolved.destroy();
    home.destroy();
  }
}
