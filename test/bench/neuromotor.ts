import type { Backend } from "../../src/backends/backend.js";
import type { Plan } from "../../src/compile/plan.js";
import { StepTable } from "../../src/compile/steps.js";
import { Dataset } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { ADAM, type BackendName, type Contestant, type TrainingTask, type Work } from "./contestant.js";

export async function open(backend: BackendName): Promise<Contestant> {
  if (backend !== "webgpu" && backend !== "wasm" && backend !== "cpu")
    throw new Error("neuromotor has no such backend");
  const device = await openDevice({ backend });
  return {
    description: `neuromotor: ${device.description}`,
    train: (task) => train(device, task),
    multiply: (size, a, b) => multiply(device, size, a, b),
  };
}

async function train(device: Backend, task: TrainingTask): Promise<Work> {
  const { sizes, batch, rows, features, labels, parameters } = task;
  const layers = sizes
    .slice(1)
    .map((units, i) => dense(units, i + 2 < sizes.length ? { activation: "relu" as const } : {}));
  const model = sequential({ input: [sizes[0]] }, layers);
  const names = [...model.parameters().keys()];
  model.setParameters(new Map(names.map((name, i) => [name, { values: parameters[i] }])));
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(ADAM) });
  const classNames = Array.from({ length: sizes.at(-1)! }, (_, i) => `${i}`);
  const data = Dataset.from({ features, labels, shape: [sizes[0]], classNames });
  const perEpoch = rows / batch;
  return {
    async run(steps) {
      const part = steps < perEpoch ? data.take(Array.from({ length: steps * batch }, (_, i) => i)) : data;
      const epochs = Math.max(1, Math.round((steps * batch) / part.rows));
      const history = await trainer.fit(part, { epochs, batchSize: batch, shuffle: false });
      // The epochs' own time, readback of losses included; what fit() prepares before them is the first step's matter.
      const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
      return { steps: (epochs * part.rows) / batch, milliseconds: seconds * 1000 };
    },
    result: async () => [...model.parameters().values()].map(({ values }) => values),
    dispose: () => trainer.dispose(),
  };
}

/** A plan of one launch: there is no eager surface to call. */
async function multiply(
  device: Backend,
  size: number,
  a: Float32Array<ArrayBuffer>,
  b: Float32Array<ArrayBuffer>,
): Promise<Work> {
  const length = size * size;
  const memory = new Map([
    ["a", device.create("a", "f32", length, a)],
    ["b", device.create("b", "f32", length, b)],
    ["product", device.create("product", "f32", length)],
  ]);
  const mark = device.create("mark", "f32", 1);
  const argument = (buffer: number) => ({ buffer, shape: [size, size], dtype: "f32" as const });
  const plan: Plan = {
    label: "product",
    buffers: [...memory.keys()].map((name) => ({ kind: "variable", name, dtype: "f32", length })),
    launches: [
      {
        op: "matmul",
        label: "matmul",
        attributes: {},
        inputs: [argument(0), argument(1)],
        writes: [],
        output: argument(2),
      },
    ],
  };
  const most = 4096;
  const program = await device.load(plan, memory, most);
  return {
    async run(wanted) {
      const steps = Math.min(wanted, most);
      const table = new StepTable(steps);
      for (let i = 0; i < steps; i++) table.set(i, { first: 0, rows: 1 });
      const started = performance.now();
      await program.run(table);
      await device.read([mark]);
      return { steps, milliseconds: performance.now() - started };
    },
    result: async () => [(await device.read([memory.get("product")!]))[0] as Float32Array],
    dispose() {
      program.dispose();
      device.destroy([...memory.values(), mark]);
    },
  };
}
