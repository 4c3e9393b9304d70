import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { WasmBackend } from "../../src/backends/wasm/backend.js";
import { compileEngine, instantiate } from "../../src/backends/wasm/engine.js";
import { Heap } from "../../src/backends/wasm/memory.js";
import { compile } from "../../src/compile/compile.js";
import { ModelStepTable } from "../../src/compile/steps.js";
import { philox } from "../../src/core/random.js";
import { variable } from "../../src/graph/tensor.js";
import { openDevice } from "../../src/node.js";
import { collect } from "../../src/ops/batch.js";
import { matmul } from "../../src/ops/matmul.js";
import { maxPool } from "../../src/ops/pool.js";
import { allCases, hasGradient } from "../parity/cases.js";
import { windowOn } from "../parity/cases-images.js";
import { normal } from "../parity/data.js";
import { expectParity, runTensors, symbols, useGuardedDevices } from "../parity/run.js";
import { expectEqual } from "../tolerance.js";
import { useVariants } from "./wasm-devices.js";

const devices = useGuardedDevices();
const variant = useVariants();

describe.each(["on two threads that share all", "on three threads that share all"] as const)("%s", (name) => {
  test.each(Object.keys(allCases))("%s agrees with the CPU, bit for bit with one thread", async (op) => {
    for (const each of allCases[op]) {
      const all = [devices.cpu, variant(name)];
      await expectParity({ cpu: devices.cpu, all }, each.trace, each.inputs, {
        ...each,
        gradient: hasGradient(op, each),
      });
      const variables = symbols(each.inputs);
      const traced = [each.trace(...variables)];
      const [one] = await runTensors(variant("on one thread"), traced, variables, each.inputs, each.steps);
      const [many] = await runTensors(variant(name), traced, variables, each.inputs, each.steps);
      expectEqual(many, one, each.name);
    }
  });
});

test.each(Object.keys(allCases))("without fused multiply-add %s agrees with the CPU", async (op) => {
  for (const each of allCases[op]) {
    const all = [devices.cpu, variant("without fused multiply-add")];
    await expectParity({ cpu: devices.cpu, all }, each.trace, each.inputs, {
      ...each,
      gradient: hasGradient(op, each),
    });
  }
});

describe("products", () => {
  // Around the tile of 6 x 8, the 320 terms taken at a time, and groups of 96 rows.
  const sizes = [1, 2, 5, 6, 7, 8, 9, 12, 13, 95, 97, 319, 320, 321];
  test.each(sizes)("of %i rows or columns or terms", async (size) => {
    const all = [devices.cpu, variant("on three threads that share all")];
    for (const [m, k, n] of [
      [size, 3, 10],
      [7, size, 9],
      [5, 4, size],
      [97, size, 17],
    ]) {
      const inputs = [normal(m, k), normal(k, n)];
      await expectParity({ cpu: devices.cpu, all }, (a, b) => matmul(a, b), inputs);
    }
  });

  test("of rows as wide as the results of a group", async () => {
    const all = [devices.cpu, variant("on two threads that share all")];
    const inputs = [normal(13, 3), normal(3, 20_001)];
    await expectParity({ cpu: devices.cpu, all }, (a, b) => matmul(a, b), inputs, { gradient: false });
  });
});

describe("memory", () => {
  test("a buffer that 32 bits can't address is refused, with the sizes", () => {
    expect(() => devices.wasm.create("features", "f32", 2 ** 30)).toThrow(
      /^features: 409\d MiB don't fit beside the \d+ MiB in use; WebAssembly holds 4096 MiB. Use fewer rows/,
    );
  });

  test("a plan that 32 bits can't address is refused, and keeps nothing", async () => {
    const rows = 2 ** 16;
    const x = variable("x", [rows, 1]);
    const plan = compile("large", [collect(variable("y", [1, 1]), matmul(matmul(x, variable("w", [1, rows])), x))]);
    const device = await WasmBackend.open("test");
    const memory = new Map(["x", "w"].map((name) => [name, device.create(name, "f32", rows)]));
    memory.set("y", device.create("y", "f32", 1));
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(device.load(plan, memory, 1)).rejects.toThrow(/^large: \d+ MiB don't fit beside the \d+ MiB in use/);
    device.dispose();
  });

  test("parts never overlap and are zeros, and what is given back is handed out again", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.boolean()), { maxLength: 60 }), (requests) => {
        const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 100 }), 100);
        const held: { start: number; bytes: number }[] = [];
        for (const [bytes, frees] of requests) {
          if (frees && held.length > 0) {
            const [{ start, bytes: own }] = held.splice(bytes % held.length, 1);
            heap.release(start, own);
          } else {
            const start = heap.allocate(bytes, "part");
            expect(start % 64).toBe(0);
            expect(start + bytes).toBeLessThan(heap.memory.buffer.byteLength);
            for (const other of held) {
              expect(start + Math.max(bytes, 1) <= other.start || other.start + other.bytes <= start).toBe(true);
            }
            const own = new Uint8Array(heap.memory.buffer, start, bytes);
            expect(own.every((byte) => byte === 0)).toBe(true);
            own.fill(255);
            held.push({ start, bytes });
          }
        }
        const first = Math.min(...held.map(({ start }) => start), 128);
        for (const { start, bytes } of held) heap.release(start, bytes);
        expect(heap.allocate(4000, "again")).toBe(Math.min(first, 128));
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

test("Philox gives the bits of src/core/random.ts", async () => {
  const { module } = await compileEngine(false);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const engine = await instantiate(module, memory, () => {});
  const start = engine.heapStart();
  for (const [a, b, c, d, e, f] of [
    [0, 0, 0, 0, 0, 0],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
  ]) {
    const expected = new Uint32Array(4);
    philox([a, b, c, d], [e, f], expected);
    engine.philox(a, b, c, d, e, f, start);
    expect(new Uint32Array(memory.buffer, start, 4)).toEqual(expected);
  }
});

test("a window with a NaN anywhere has NaN as its largest, and of zeros the first, as on the CPU", async () => {
  const window = windowOn([6, 7], { kernel: [2, 3], stride: [2, 2], before: [1, 0], after: [1, 1] });
  const x = variable("x", [1, 6, 7, 5]);
  const values = Float32Array.from(normal(210).values, (value, i) => {
    if (i % 13 === 5) return Number.NaN;
    return i % 3 ? value : i % 2 ? 0 : -0;
  });
  const run = (device: Backend) => runTensors(device, [maxPool(x, window)], [x], [{ shape: x.shape, values }]);
  const [[wasm], [cpu]] = [await run(devices.wasm), await run(devices.cpu)];
  expect([...cpu].some(Number.isNaN) && [...cpu].some(Number.isFinite)).toBe(true);
  expect([...wasm]).toEqual([...cpu]);
});

test("more steps than a plan was loaded for are refused", async () => {
  const y = devices.wasm.create("y", "f32", 2);
  const plan = compile("short", [collect(variable("y", [2, 1]), variable("y", [2, 1]))], { fused: true });
  const program = await devices.wasm.load(plan, new Map([["y", y]]), 2);
  await expect(program.run(new ModelStepTable(3))).rejects.toThrow(/short: loaded for 2 steps, not 3/);
  program.dispose();
});

test.each([0, 1.5, 65, Number.NaN])("%d threads are refused", async (threads) => {
  await expect(openDevice({ backend: "wasm", threads })).rejects.toThrow(/threads must be a whole number from 1 to 64/);
});

test("half precision is for WebGPU: refused along with a backend on the CPU, said where auto falls back to one", async () => {
  for (const backend of ["wasm", "cpu"] as const) {
    await expect(openDevice({ backend, precision: "f16" })).rejects.toThrow(/"f16" is for webgpu; .* computes in f32/);
  }
  const device = await openDevice({ precision: "f16" });
  expect(device.backend === "webgpu" || device.description.includes("in f32, as f16 is for webgpu")).toBe(true);
  device.dispose();
});
