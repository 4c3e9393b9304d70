import type { Backend } from "../../src/backends/backend.js";
import type { Plan } from "../../src/compile/plan.js";
import { ModelStepTable } from "../../src/compile/steps.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  conv2d,
  dense,
  flatten,
  type Layer,
  lstm,
  type Model,
  maxPool2d,
  sequential,
  softmaxCrossEntropy,
  sweep,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { ADAM, type BackendName, type Contestant, type TrainingTask, type Work } from "./contestant.js";
import { isRecurrent } from "./jobs.js";

export async function open(backend: BackendName): Promise<Contestant> {
  if (backend !== "webgpu" && backend !== "wasm" && backend !== "cpu")
    throw new Error("neuromotor has no such backend");
  const device = await openDevice({ backend });
  return {
    description: `neuromotor: ${device.description}`,
    train: (task) => train(device, task),
    trainMany: (task, first) => trainMany(device, task, first),
    predict: (task) => predict(device, task),
    multiply: (size, a, b) => multiply(device, size, a, b),
  };
}

function trainerOf(device: Backend, { input, weights, parameters }: TrainingTask) {
  const recurrent = isRecurrent(input) ? [lstm(weights[1][0])] : [];
  const others = weights.slice(2 * recurrent.length);
  const layers = others.flatMap((shape, i): Layer[] => {
    const activation = i + 1 < others.length ? { activation: "relu" as const } : {};
    if (shape.length === 4) return [conv2d(shape[3], [shape[0], shape[1]], activation), maxPool2d(2)];
    return [...(i > 0 && others[i - 1].length === 4 ? [flatten()] : []), dense(shape[1], activation)];
  });
  const model = sequential({ input }, [...recurrent, ...layers]);
  const names = parameterNames(model);
  model.setParameters(new Map(names.map((name, i) => [name, { values: parameters[i] }])));
  return { model, trainer: new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(ADAM) }) };
}

/** A sweep over them, whole: trainers, plans and the scores of all models at the end included. */
async function trainMany(
  device: Backend,
  task: TrainingTask,
  first: readonly Float32Array<ArrayBuffer>[][],
): Promise<Work> {
  const { batch, rows } = task;
  const data = datasetOf(task);
  const grid = { place: first.map((_, place) => place) };
  let models: Model[] = [];
  return {
    async run(steps) {
      const { part, epochs } = partOf(data, steps, task);
      const fit = { epochs, batchSize: batch, shuffle: false };
      const started = performance.now();
      const { runs } = await sweep(
        part,
        ({ place }) => trainerOf(device, { ...task, parameters: first[place as number] }).trainer,
        { grid, fit },
      );
      const milliseconds = performance.now() - started;
      models = runs.map(({ model }) => model!);
      return { steps: Math.min(steps, (epochs * rows) / batch), milliseconds };
    },
    result: async () =>
      models.flatMap((model) => parameterNames(model).map((name) => model.parameters().get(name)!.values)),
    dispose() {},
  };
}

function datasetOf({ input, weights, features, labels }: TrainingTask): Dataset {
  const classNames = Array.from({ length: weights.at(-1)!.at(-1)! }, (_, i) => `${i}`);
  return Dataset.from({ features, labels, shape: input, classNames });
}

/** The rows of so many steps, or all of them for so many epochs. */
function partOf(data: Dataset, steps: number, { batch, rows }: TrainingTask) {
  const part = steps < rows / batch ? data.take(Array.from({ length: steps * batch }, (_, i) => i)) : data;
  return { part, epochs: Math.max(1, Math.round((steps * batch) / part.rows)) };
}

/** In the order of a task: each weight and then its bias. */
const parameterNames = (model: Model): string[] =>
  [...model.parameters().keys()].sort((a, b) => Number(isOfStates(a)) - Number(isOfStates(b)));

/** Whether it comes after those of an LSTM's inputs, which the model names in turn with them. */
const isOfStates = (name: string): boolean => !name.startsWith("lstm.input");

/** Whole calls of `predict`, its upload and its readback included. */
async function predict(device: Backend, task: TrainingTask): Promise<Work> {
  const { trainer } = trainerOf(device, task);
  const { batch, rows, features } = task;
  const size = features.length / rows;
  return {
    async run(steps) {
      const started = performance.now();
      for (let step = 0; step < steps; ) {
        const some = Math.min(rows / batch, steps - step);
        await trainer.predict(features.subarray(0, some * batch * size), { batchSize: batch });
        step += some;
      }
      return { steps, milliseconds: performance.now() - started };
    },
    result: async () => [(await trainer.predict(features.subarray(0, batch * size))).values],
    dispose: () => trainer.dispose(),
  };
}

async function train(device: Backend, task: TrainingTask): Promise<Work> {
  const { batch } = task;
  const { model, trainer } = trainerOf(device, task);
  const data = datasetOf(task);
  return {
    async run(steps) {
      const { part, epochs } = partOf(data, steps, task);
      const history = await trainer.fit(part, { epochs, batchSize: batch, shuffle: false });
      // The epochs' own time, readback of losses included; what fit() prepares before them is the first step's matter.
      const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
      return { steps: (epochs * part.rows) / batch, milliseconds: seconds * 1000 };
    },
    result: async () => parameterNames(model).map((name) => model.parameters().get(name)!.values),
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
      const table = new ModelStepTable(steps);
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
