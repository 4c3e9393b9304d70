// @module-tag slow
import { describe, expect, test } from "vitest";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { joined } from "../../src/backends/webgpu/whole/names.js";
import { placesOf } from "../../src/backends/webgpu/whole/places.js";
import type { Plan } from "../../src/compile/plan.js";
import { Dataset, digits, iris } from "../../src/data/index.js";
import {
  adam,
  dense,
  dropout,
  type FitOptions,
  type Layer,
  type Loss,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { together } from "../../src/training/together/together.js";
import { counting } from "../bench/counts.js";
import { cases } from "../bits/cases.js";
import { weightsOf } from "../fixtures.js";
import { wholeDifference } from "./whole-cases.js";

interface Network {
  data: () => Promise<Dataset>;
  layers: () => Layer[];
  loss: Loss;
  optimizer: TrainerOptions["optimizer"];
  fit: FitOptions;
}

const networks: Record<string, Network> = {
  XOR: {
    data: async () => Dataset.from({ features: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), labels: [0, 1, 1, 0] }),
    layers: () => [dense(8, { activation: "tanh" }), dense(1)],
    loss: sigmoidCrossEntropy(),
    optimizer: sgd({ learningRate: 0.5 }),
    fit: { epochs: 96, batchSize: 4 },
  },
  Iris: {
    data: iris,
    layers: () => [dense(16, { activation: "relu" }), dropout(0.2), dense(8, { activation: "relu" }), dense(3)],
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    fit: { epochs: 10, batchSize: 16 },
  },
  digits: {
    data: async () => (await digits()).take(Array.from({ length: 1100 }, (_, i) => i)),
    layers: () => [dense(32, { activation: "relu" }), dense(10)],
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    fit: { epochs: 2, batchSize: 32 },
  },
};

interface Limits {
  maxComputeInvocationsPerWorkgroup?: number;
  maxComputeWorkgroupStorageSize?: number;
  maxStorageBuffersPerShaderStage?: number;
}

/** Opens a software adapter whose device says that it has no more than these. */
async function open(whole: "always" | "never", limits: Limits = {}): Promise<WebgpuBackend> {
  const device = (await openDevice({ backend: "webgpu", products: "naive", whole, guards: true })) as WebgpuBackend;
  const own = device.device.limits;
  const value = new Proxy(own, { get: (_, name) => limits[name as keyof Limits] ?? own[name as keyof typeof own] });
  Object.defineProperty(device.device, "limits", { value });
  return device;
}

async function trained({ data, layers, loss, optimizer, fit }: Network, device: WebgpuBackend) {
  const rows = await data();
  const model = sequential({ input: rows.shape, seed: 4 }, layers());
  using trainer = new Trainer(model, { device, loss, optimizer });
  let losses: number[] = [];
  const { dispatches } = await counting(async () => {
    losses = Array.from((await trainer.fit(rows, { ...fit, seed: 2, recordSteps: true })).stepLosses!);
  });
  await device.checkGuards();
  return { weights: weightsOf(model), losses, dispatches };
}

describe.each(Object.entries(networks))("%s whole", (_, network) => {
  test("takes a dispatch for 32 steps and has the bits of launches, however large its workgroup and its memory", async () => {
    const launches = await trained(network, await open("never"));
    const steps = launches.losses.length;
    for (const limits of [
      {},
      { maxComputeInvocationsPerWorkgroup: 64, maxComputeWorkgroupStorageSize: 2048 },
      { maxComputeWorkgroupStorageSize: 1024, maxStorageBuffersPerShaderStage: 3 },
    ]) {
      const device = await open("always", limits);
      const { weights, losses, dispatches } = await trained(network, device);
      expect(losses).toEqual(launches.losses);
      expect(weights).toEqual(launches.weights);
      expect(dispatches).toBeLessThan(launches.dispatches / 4);
      expect(dispatches).toBeLessThanOrEqual(Math.ceil(steps / 32) + 2);
      device.dispose();
    }
  });
});

test("models side by side have the bits that each has alone, by launches", async () => {
  const rows = (await iris()).take(Array.from({ length: 50 }, (_, i) => (3 * i) % 150));
  const make = (device: WebgpuBackend) =>
    [0, 1, 2].map((place) => {
      const model = sequential({ input: [4], seed: place }, [dense(9, { activation: "relu" }), dropout(0.3), dense(3)]);
      const optimizer = adam({ learningRate: 0.01 * (place + 1) });
      return new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer });
    });
  const weightsAfter = async (trainer: Trainer) => {
    await trainer.fit(rows, { epochs: 5, batchSize: 16, seed: trainer.model.seed });
    return weightsOf(trainer.model);
  };
  const apart = await open("never");
  const alone: number[][] = [];
  for (const trainer of make(apart)) alone.push(await weightsAfter(trainer));
  const device = await open("always");
  const many = await together(make(device), weightsAfter);
  expect(many.map((each) => each.status === "fulfilled" && each.value)).toEqual(alone);
  await device.checkGuards();
  apart.dispose();
  device.dispose();
});

// All of them are in test/long/whole.test.ts.
test.each(cases.filter(({ name }) => name.startsWith("layers of ops")))("$name: the bits of launches", async (each) => {
  expect(await wholeDifference(each)).toBeUndefined();
});

test("a software adapter, which takes seconds to compile one, runs launches", async () => {
  const device = await openDevice({ backend: "webgpu" });
  const { data, layers, loss, optimizer } = networks.XOR;
  using trainer = new Trainer(sequential({ input: [2] }, layers()), { device, loss, optimizer });
  expect((await trainer.kernels(await data())).length).toBeGreaterThan(1);
  device.dispose();
});

test("whole is one of three words", async () => {
  await expect(openDevice({ whole: "yes" as never })).rejects.toThrow('whole can\'t be "yes"; use one of never, auto');
});

test("of kernels in one module, what differs from launch to launch is renamed, and the rest stands there once", () => {
  const part = (text: string, ...needs: { text: string; needs: never[] }[]) => ({ text, needs });
  const helper = part("fn twice(x: f32) -> f32 { return 2.0 * x; }") as { text: string; needs: never[] };
  const shader = part("override N: u32;\nfn each(i: u32) { store(i, twice(a_at(i)).x); }", helper);
  const launches = [0, 1].map((n) => ({
    parts: [shader, part(`fn a_at(i: u32) -> f32 { return memory[${n}u]; }`), part("fn store(i: u32, value: f32) {}")],
    constants: { N: 7 + n },
  }));
  const text = joined(launches).join("\n");
  expect(text.match(/fn twice/g)).toHaveLength(1);
  expect(text.match(/fn store\(/g)).toHaveLength(1);
  expect(text).toContain("const N_of_1: u32 = u32(8);");
  expect(text).toContain("fn each_of_0(i: u32) { store(i, twice(a_at_of_0(i)).x); }");
  expect(text).toContain("fn a_at_of_1(i: u32) -> f32 { return memory[1u]; }");
});

test("what no launch writes is bound, the largest first; scratch and the smallest of the rest lie in the workgroup", () => {
  const buffer = (kind: "variable" | "scratch", length: number) => ({ kind, name: `${length}`, dtype: "f32", length });
  const at = (index: number) => ({ buffer: index, shape: [1], dtype: "f32" });
  const plan = {
    label: "plan",
    buffers: [
      buffer("variable", 5),
      buffer("variable", 100),
      buffer("variable", 6),
      buffer("scratch", 8),
      buffer("variable", 9),
    ],
    launches: [
      { op: "add", label: "", attributes: {}, inputs: [at(0), at(1)], writes: [], output: at(3) },
      { op: "add", label: "", attributes: {}, inputs: [at(3)], writes: [], output: at(2) },
      { op: "add", label: "", attributes: {}, inputs: [at(3)], writes: [], output: at(4) },
    ],
  } as unknown as Plan;
  const { of, arenaWords, workgroupWords } = placesOf(plan, [1, 1, 3, 3, 3], { bindings: 1, workgroupWords: 20 });
  expect(of).toEqual([
    { in: "workgroup", offset: 8, home: 0 },
    { in: "binding", binding: 0 },
    { in: "workgroup", offset: 13, home: 5 },
    { in: "workgroup", offset: 0 },
    { in: "arena", offset: 23 },
  ]);
  expect([arenaWords, workgroupWords]).toEqual([50, 19]);
});
