import { describe, expect, test } from "vitest";
import type { DeviceBuffer } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { compile } from "../../src/compile/compile.js";
import { ModelStepTable } from "../../src/compile/steps.js";
import { ArgumentError, DeviceError } from "../../src/core/errors.js";
import { constant, variable } from "../../src/graph/tensor.js";
import { openDevice } from "../../src/node.js";
import { collect } from "../../src/ops/batch.js";
import { mul } from "../../src/ops/elementwise.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { sum } from "../../src/ops/reduce.js";
import { softmax } from "../../src/ops/softmax.js";
import { subtract } from "../../src/optimizers/subtract.js";
import { BACKENDS } from "../devices/backends.js";
import { useGuardedDevices } from "../parity/run.js";

const devices = useGuardedDevices();
const NUMBERS = new Float32Array([1, -2, 3.5]);

describe.each(BACKENDS)("the %s backend", (name) => {
  test("says what it is", () => {
    expect(devices[name].backend).toBe(name);
    expect(devices[name].description.length).toBeGreaterThan(5);
    expect(devices[name].adapter === undefined).toBe(name !== "webgpu");
  });

  test("keeps what is written to a buffer, and starts from zeros", async () => {
    const empty = devices[name].create("empty", "f32", 3);
    const full = devices[name].create("full", "u32", 2, new Uint32Array([7, 0xffffffff]));
    const other = devices[name].create("other", "f32", 3);
    devices[name].write(empty, NUMBERS);
    expect(await devices[name].read([empty, full, other])).toEqual([
      NUMBERS,
      new Uint32Array([7, 0xffffffff]),
      new Float32Array(3),
    ]);
    devices[name].copy([[empty, other]]);
    devices[name].write(empty, new Float32Array(3));
    expect(await devices[name].read([other])).toEqual([NUMBERS]);
    await checkGuards(devices[name]);
    devices[name].destroy([empty, full, other]);
  });

  test("overwrites a part of a buffer", async () => {
    const buffer = devices[name].create("x", "f32", 5, new Float32Array([1, 2, 3, 4, 5]));
    devices[name].write(buffer, NUMBERS.subarray(0, 2), 3);
    devices[name].write(buffer, NUMBERS.subarray(2), 1);
    for (const start of [3, -1]) {
      expect(() => devices[name].write(buffer, NUMBERS, start)).toThrow(
        `x: 3 values from ${start} on don't fit its 5.`,
      );
    }
    expect(await devices[name].read([buffer])).toEqual([new Float32Array([1, 3.5, 3, 1, -2])]);
    await checkGuards(devices[name]);
    devices[name].destroy([buffer]);
  });

  test("makes buffers up to the limit it was opened with, and says how large they may be", async () => {
    for (const guards of [false, true]) {
      const device = await openDevice({ backend: name, maxBufferBytes: 1000, guards });
      expect(device.maxBufferBytes).toBe(1000);
      device.create("full", "f32", 250);
      expect(() => device.create("x", "f32", 251)).toThrow(DeviceError);
      device.dispose();
    }
    expect(devices[name].maxBufferBytes).toBeGreaterThan(2 ** 26);
  });

  test("gives copies: what was read doesn't change with the buffer", async () => {
    const buffer = devices[name].create("x", "f32", 3, NUMBERS);
    const [before] = await devices[name].read([buffer]);
    devices[name].write(buffer, new Float32Array([9, 9, 9]));
    expect(before).toEqual(NUMBERS);
  });

  test("refuses buffers that were freed or are another's", async () => {
    const buffer = devices[name].create("gone", "f32", 3);
    devices[name].destroy([buffer]);
    expect(() => devices[name].write(buffer, NUMBERS)).toThrow(ArgumentError);
    await expect(devices[name].read([buffer])).rejects.toThrow(/gone/);
    const foreign = devices[name === "cpu" ? "webgpu" : "cpu"].create("foreign", "f32", 3);
    await expect(devices[name].read([foreign])).rejects.toThrow(ArgumentError);
  });

  test("refuses a plan whose variables have no memory", async () => {
    const plan = compile("lonely", [mul(variable("nowhere", [3]), 2)]);
    await expect(devices[name].load(plan, new Map(), 1)).rejects.toThrow(/lonely: no memory was given .* nowhere/);
  });

  test("refuses a buffer larger than memory", () => {
    expect(() => devices[name].create("huge", "f32", 2 ** 40)).toThrow(DeviceError);
  });

  test("runs many steps in order, more than fit into one submit, again and again", async () => {
    const p = variable("p", [3]);
    const history = variable("history", [500, 3]);
    const updated = subtract(p, mul(p, 1), 0);
    const plan = compile("halves", [collect(history, reshape(updated, [1, 3]))]);
    const memory = new Map([
      ["p", devices[name].create("p", "f32", 3, NUMBERS)],
      ["history", devices[name].create("history", "f32", 1500)],
    ]);
    const program = await devices[name].load(plan, memory, 500);
    for (const count of [500, 2]) {
      const table = new ModelStepTable(count);
      // Doubles and halves by turns: p - rate p with rate -1 and a half.
      for (let i = 0; i < count; i++) table.set(i, { first: i, rows: 1, hyperparameters: [i % 2 === 0 ? -1 : 0.5, 0] });
      await program.run(table);
    }
    const [values, all] = await devices[name].read([memory.get("p")!, memory.get("history")!]);
    expect(values).toEqual(NUMBERS);
    for (let i = 0; i < 500; i++) {
      expect([...all.subarray(3 * i, 3 * i + 3)]).toEqual([...NUMBERS].map((x) => (i % 2 === 0 ? 2 * x : x)));
    }
    await checkGuards(devices[name]);
    program.dispose();
  });
});

test("the CPU's guards find a write before or after a buffer", async () => {
  for (const at of [63, 64 + 3]) {
    const buffer = devices.cpu.create("guarded", "f32", 3) as unknown as { values: Float32Array } & DeviceBuffer;
    await checkGuards(devices.cpu);
    new Float32Array(buffer.values.buffer)[at] = 1; // the guards are 64 words
    await expect(checkGuards(devices.cpu)).rejects.toThrow(/wrote outside the buffer guarded/);
    devices.cpu.destroy([buffer]);
  }
});

test("the GPU refuses more steps than a plan was loaded for", async () => {
  const p = devices.webgpu.create("p", "f32", 3);
  const plan = compile("short", [subtract(variable("p", [3]), constant(new Float32Array(3), [3]), 0)]);
  await expect(
    devices.webgpu.load(plan, new Map([["p", p]]), 2).then((program) => program.run(new ModelStepTable(3))),
  ).rejects.toThrow(/loaded for 2 steps, not 3/);
});

describe("openDevice", () => {
  test("refuses an unknown backend", async () => {
    await expect(openDevice({ backend: "cuda" as never })).rejects.toThrow(
      /backend can't be "cuda"; use one of auto, webgpu/,
    );
  });

  test("takes the CPU where it is asked to", async () => {
    const cpu = await openDevice({ backend: "cpu" });
    expect(cpu.description).toBe("CPU, as asked for");
    cpu.dispose();
  });

  test.each(BACKENDS)("%s refuses work after dispose", async (backend) => {
    const device = await openDevice({ backend });
    device.dispose();
    device.dispose();
    expect(() => device.create("x", "f32", 1)).toThrow(/disposed/);
    await expect(device.read([])).rejects.toThrow(/disposed/);
  });

  test("webgpu keeps no memory of a plan that doesn't fit", async () => {
    const gpu = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
    const rows = Math.ceil(Math.sqrt(Math.min(maxStorageBufferBindingSize, maxBufferSize) / 4)) + 1;
    const variables = new Map([["x", gpu.create("x", "f32", rows)]]);
    const open: string[] = [];
    const createBuffer = gpu.device.createBuffer.bind(gpu.device);
    gpu.device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      const label = descriptor.label ?? "";
      open.push(label);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        open.splice(open.indexOf(label), 1);
        return destroy();
      };
      return buffer;
    };
    const x = softmax(variable("x", [rows, 1]));
    const plan = compile("large", [sum(matmul(x, transpose(x)))]);
    await expect(gpu.load(plan, variables, 1)).rejects.toThrow(/don't fit into one buffer/);
    expect(open).toEqual([]);
    gpu.dispose();
  });
});
