import { describe, expect, test } from "vitest";
import philoxShader from "../../shaders/functions/philox.wgsl";
import { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { philox, RandomStream, Stream, thresholdOf } from "../../src/core/random.js";
import { dropout } from "../../src/ops/dropout.js";
import { KNOWN_ANSWERS } from "../core/philox-vectors.js";
import { literal } from "../parity/data.js";
import { runOp, useGuardedDevices } from "../parity/run.js";

const devices = useGuardedDevices();

/** One block of philox.wgsl per [counter, key], on the GPU itself. */
async function philoxOnGpu(blocks: readonly (readonly number[])[]): Promise<Uint32Array> {
  const backend = devices.webgpu as WebgpuBackend;
  const { device } = backend;
  const code = `${philoxShader.text}
@group(0) @binding(0) var<storage, read> given: array<u32>;
@group(0) @binding(1) var<storage, read_write> made: array<vec4<u32>>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) block: vec3<u32>) {
  let at = block.x * 6u;
  let counter = vec4<u32>(given[at], given[at + 1u], given[at + 2u], given[at + 3u]);
  made[block.x] = philox(counter, vec2<u32>(given[at + 4u], given[at + 5u]));
}`;
  const given = backend.create("given", "u32", blocks.length * 6, Uint32Array.from(blocks.flat()));
  const made = backend.create("made", "u32", blocks.length * 4);
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }), entryPoint: "main" },
  });
  const entries = [given, made].map(({ gpu, length }, binding) => ({
    binding,
    resource: { buffer: gpu, offset: 256, size: length * 4 },
  }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(blocks.length);
  pass.end();
  device.queue.submit([encoder.finish()]);
  const [words] = await backend.read([made]);
  return words as Uint32Array;
}

describe("Philox on the GPU", () => {
  test("gives the published known answers", async () => {
    expect(devices.webgpu).toBeInstanceOf(WebgpuBackend);
    const words = await philoxOnGpu(KNOWN_ANSWERS.map(({ counter, key }) => [...counter, ...key]));
    KNOWN_ANSWERS.forEach(({ answer }, i) => {
      const block = [...words.subarray(4 * i, 4 * i + 4)].map((word) => word.toString(16).padStart(8, "0"));
      expect(block.join(" ")).toBe(answer);
    });
  });

  test("gives the CPU's bits for 200 random counters and keys", async () => {
    const random = new RandomStream(5, Stream.noise);
    const blocks = Array.from({ length: 200 }, () => Array.from({ length: 6 }, () => random.nextWord()));
    const expected = blocks.flatMap(([a, b, c, d, e, f]) => {
      const out = new Uint32Array(4);
      philox([a, b, c, d], [e, f], out);
      return [...out];
    });
    expect([...(await philoxOnGpu(blocks))]).toEqual(expected);
  });
});

describe("dropout", () => {
  const SIZE = 4001;
  const ones = literal(new Array(SIZE).fill(1));

  test.each([0.1, 0.5, 0.9])("keeps words of its stream at or above the threshold, at rate %d", async (rate) => {
    const [seed, step, layer] = [2 ** 35 + 3, 41, 2];
    const stream = new RandomStream(seed, Stream.dropout, step, layer);
    // Philox's counter here is [block, step, stream, layer], that of RandomStream [block, position, stream, substream].
    const kept = Float32Array.from({ length: SIZE }, () =>
      stream.nextWord() >= thresholdOf(rate) ? Math.fround(1 / (1 - rate)) : 0,
    );
    for (const device of devices.all) {
      const [y] = await runOp(device, (x) => [dropout(x, rate, layer)], [ones], [{ first: 0, rows: 1, step, seed }]);
      expect(y, device.backend).toEqual(kept);
    }
    const share = kept.filter((value) => value === 0).length / SIZE;
    expect(Math.abs(share - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / SIZE));
  });

  test("draws another mask for another step, seed and layer", async () => {
    const masks = new Set<string>();
    for (const [step, seed, layer] of [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 2 ** 32, 0],
      [0, 0, 1],
    ]) {
      const steps = [{ first: 0, rows: 1, step, seed }];
      const [y] = await runOp(devices.webgpu, (x) => [dropout(x, 0.5, layer)], [literal(new Array(64).fill(1))], steps);
      masks.add(y.join());
    }
    expect(masks.size).toBe(5);
  });
});
