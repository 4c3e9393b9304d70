import fc from "fast-check";
import { expect, test } from "vitest";
import { CpuBackend } from "../../src/backends/cpu/backend.js";
import { Evaluator } from "../../src/checks/evaluator.js";
import { runTensors as runFused } from "../../src/checks/run.js";
import { compile } from "../../src/compile/compile.js";
import type { Plan } from "../../src/compile/plan.js";
import { sizeOf } from "../../src/core/shape.js";
import { isConstant, Tensor, variable } from "../../src/graph/tensor.js";
import { openDevice } from "../../src/node.js";
import { runTensors } from "../parity/run.js";
import { expectEqual } from "../tolerance.js";
import { choices, randomGraph, SHAPE, VARIABLES, wholeNumbers } from "./random-graph.js";

const data = VARIABLES.map((_, i) => ({ shape: SHAPE, values: wholeNumbers(i) }));
/** p = p - 1 gradient: whole numbers stay whole. */
const STEP = { first: 0, rows: 1, hyperparameters: [1, 0] };

/** A value of the graph as a function of its inputs' values: nothing in place, no order, no shared memory. */
class Functional {
  readonly #values = new Map<Tensor, Float64Array>();

  constructor(variables: readonly Tensor[]) {
    variables.forEach((variable, i) => {
      this.#values.set(variable, Float64Array.from(data[i].values));
    });
  }

  of(tensor: Tensor): Float64Array {
    const known = this.#values.get(tensor);
    if (known) return known;
    if (isConstant(tensor)) return Float64Array.from(tensor.attributes.values as Float32Array);
    const inputs = tensor.inputs.map((input) => this.of(input));
    const value = tensor.op.writes
      ? inputs[0].map((p, i) => p - inputs[1][i])
      : tensor.op.view
        ? inputs[0]
        : single(tensor, inputs);
    this.#values.set(tensor, value);
    return value;
  }
}

/** One op alone, on copies of its inputs. */
function single({ op, inputs, attributes, shape, dtype }: Tensor, values: readonly Float64Array[]): Float64Array {
  const copies = inputs.map((input, i) => variable(`copy${i}`, input.shape, input.dtype));
  const tensor = new Tensor(op, copies, attributes, shape, dtype);
  const evaluator = new Evaluator([tensor]);
  copies.forEach((copy, i) => {
    evaluator.of(copy).set(values[i]);
  });
  evaluator.run();
  return evaluator.of(tensor) as Float64Array;
}

test("compiled graphs give what their ops give one by one", async () => {
  const device = new CpuBackend("test", { guards: true });
  let updates = 0;
  await fc.assert(
    fc.asyncProperty(choices(24), async (chosen) => {
      const graph = randomGraph(chosen);
      const tensors = graph.tensors.filter((tensor) => !tensor.op.writes);
      fc.pre(tensors.length > 0);
      updates += graph.updates.length;
      const functional = new Functional(graph.variables);
      const outputs = [...tensors, ...graph.updates];
      const results = await runTensors(device, outputs, graph.variables, data, [STEP]);
      outputs.forEach((tensor, i) => {
        expectEqual(results[i], functional.of(tensor), `${tensor.label} (${i})`);
      });
    }),
    { numRuns: 150, seed: 4 },
  );
  expect(updates).toBeGreaterThan(50);
  device.dispose();
});

// Only the last tensor is kept, so that the others may be put off until an op reads them, past a change of what they read.
test("fused graphs give what their ops give one by one", async () => {
  const device = await openDevice({ backend: "wasm", guards: true });
  const variables = new Map(VARIABLES.map((name, i) => [name, data[i].values]));
  let [changed, fused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(choices(40), async (chosen) => {
      const graph = randomGraph(chosen);
      const last = graph.tensors.filter((tensor) => !tensor.op.writes).at(-1);
      fc.pre(last !== undefined);
      const outputs = [last!, ...graph.updates];
      const functional = new Functional(graph.variables);
      const values = new Map(graph.variables.map((tensor) => [tensor, variables.get(tensor.label)!]));
      const results = await runFused(device, outputs, values, { steps: [STEP], fused: true });
      outputs.forEach((tensor, i) => {
        expectEqual(results[i], functional.of(tensor), `${tensor.label} (${i})`);
      });
      if (graph.updates.length > 0) changed++;
      if (compile("random", outputs, { fused: true }).launches.length < compile("random", outputs).launches.length)
        fused++;
    }),
    { numRuns: 300, seed: 4 },
  );
  expect(changed).toBeGreaterThan(50);
  expect(fused).toBeGreaterThan(50);
  device.dispose();
});

const scratchOf = (plan: Plan) => plan.buffers.flatMap(({ kind, length }) => (kind === "scratch" ? [length] : []));
const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);

test("memory is shared, but never between an output and its inputs, and holds what is put there", () => {
  let shared = 0;
  fc.assert(
    fc.property(choices(24), (chosen) => {
      const { tensors } = randomGraph(chosen);
      fc.pre(tensors.length > 0);
      const plan = compile("random", [tensors.at(-1)!]);
      const outputs = plan.launches.flatMap(({ output }) => (output ? [sizeOf(output.shape)] : []));
      expect(total(scratchOf(plan))).toBeLessThanOrEqual(total(outputs));
      if (total(scratchOf(plan)) < total(outputs)) shared++;
      for (const { inputs, output } of plan.launches) {
        if (output) expect(inputs.map(({ buffer }) => buffer)).not.toContain(output.buffer);
        for (const { buffer, shape, dtype } of [...inputs, ...(output ? [output] : [])]) {
          expect(plan.buffers[buffer].length).toBeGreaterThanOrEqual(sizeOf(shape));
          expect(plan.buffers[buffer].dtype).toBe(dtype);
        }
      }
    }),
    { numRuns: 200, seed: 4 },
  );
  expect(shared).toBeGreaterThan(100);
});
