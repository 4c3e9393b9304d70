import type { StepTable } from "../compile/steps.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import { argmaxRows } from "../metrics/index.js";
import { type DeviceMemory, LoadedGraph } from "./device-memory.js";
import { epochOrder, passTable, stepsPerEpoch } from "./epochs.js";
import { type DataShapes, evaluationGraph, predictionGraph, type Recipe, slotCount } from "./graphs.js";
import { type Scores, StepResults, scoresOf } from "./history.js";
import { checkCount } from "./options.js";

/** A data set as its loss wants it, with the shapes that graphs are traced for. */
export function encode(recipe: Recipe, data: Dataset, batchSize: number, epochs = 1) {
  const targets = recipe.loss.encode(data, sizeOf(recipe.model.output));
  const batch = Math.min(checkCount("batchSize", batchSize), data.rows);
  const steps = stepsPerEpoch(data.rows, batch) * epochs;
  const dtype = targets.values instanceof Float32Array ? ("f32" as const) : ("u32" as const);
  const classes = targets.oneOfSeveral && recipe.metrics.includes("accuracy");
  const shapes: DataShapes = {
    features: [data.rows, ...data.shape],
    targets: { shape: targets.shape, dtype },
    classes,
    order: data.rows * epochs,
    batch,
    steps,
  };
  const own = {
    features: { values: data.features as Float32Array<ArrayBuffer> },
    targets: { dtype, values: targets.values },
    ...(classes && {
      classes: { dtype: "u32" as const, values: argmaxRows(targets.values as Float32Array, targets.shape[1]) },
    }),
    order: { dtype: "u32" as const, length: shapes.order },
    results: { length: steps * slotCount(recipe) * 2 },
  };
  return { shapes, own };
}

/** An evaluation ready to run any number of times, on the same device memory that training changes. */
export class Evaluation {
  private constructor(
    private readonly recipe: Recipe,
    private readonly graph: LoadedGraph,
    private readonly rows: number,
    private readonly table: StepTable,
  ) {}

  static async load(recipe: Recipe, memory: DeviceMemory, data: Dataset, batchSize: number): Promise<Evaluation> {
    const { shapes, own } = encode(recipe, data, batchSize);
    const order = { dtype: "u32" as const, values: epochOrder(data.rows, 0, 0, false) };
    const outputs = evaluationGraph(recipe, shapes);
    const graph = await LoadedGraph.load("evaluation", outputs, memory, { ...own, order }, shapes.steps);
    return new Evaluation(recipe, graph, data.rows, passTable(data.rows, shapes.batch));
  }

  /** Hands the work to the device; the sums are in `results` when it is done. */
  run(): Promise<void> {
    return this.graph.program.run(this.table);
  }

  get results() {
    return this.graph.buffer("results");
  }

  scores(words: ArrayLike<number>): Scores {
    const results = new StepResults(words, slotCount(this.recipe));
    return scoresOf(results, this.table.count, this.rows, this.recipe.metrics);
  }

  dispose(): void {
    this.graph.dispose();
  }
}

export async function evaluateOn(recipe: Recipe, memory: DeviceMemory, data: Dataset, batchSize: number) {
  const evaluation = await Evaluation.load(recipe, memory, data, batchSize);
  try {
    await evaluation.run();
    const [words] = await memory.device.read([evaluation.results]);
    return evaluation.scores(words);
  } finally {
    evaluation.dispose();
  }
}

export async function predictOn(
  { model, loss }: Recipe,
  memory: DeviceMemory,
  features: Float32Array<ArrayBuffer>,
  probabilities: boolean,
  batchSize: number,
) {
  const rows = features.length / sizeOf(model.input);
  const batch = Math.min(checkCount("batchSize", batchSize), rows);
  const table = passTable(rows, batch);
  const shapes = { features: [rows, ...model.input], order: rows, batch, steps: table.count };
  const outputs = predictionGraph(model, shapes, probabilities ? (logits) => loss.probabilities(logits) : (y) => y);
  const own = {
    features: { values: features },
    order: { dtype: "u32" as const, values: epochOrder(rows, 0, 0, false) },
    predictions: { length: rows * sizeOf(model.output) },
  };
  const graph = await LoadedGraph.load("prediction", outputs, memory, own, table.count);
  try {
    await graph.program.run(table);
    const [values] = await memory.device.read([graph.buffer("predictions")]);
    return { shape: [rows, ...model.output], values: values as Float32Array<ArrayBuffer> };
  } finally {
    graph.dispose();
  }
}
