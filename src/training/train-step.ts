import type { Values } from "../core/dtype.js";
import { Dataset } from "../data/dataset.js";
import type { DataShapes } from "./data-shapes.js";
import { type EncodedDataset, type EncodedRows, encode } from "./encode.js";
import { epochOrder, Steps } from "./epochs.js";
import { noteRange } from "./features.js";
import type { Batch } from "./fit-options.js";
import { nameOf, prepareHeads, scoredHeads, slotCount } from "./heads.js";
import type { Scores } from "./history.js";
import type { Internals } from "./internals.js";
import { Programs, type StepRun } from "./programs.js";
import { firstPositive, StepResults, Totals } from "./results.js";

/** A step that was done: its results, the rows of its batch, and its learning rate. */
export interface DoneStep {
  results: StepResults;
  /** Of the batch, as its losses want it. */
  data: EncodedDataset["data"];
  rows: number;
  learningRate: number;
}

/** Trains on batches one by one. The plan stays on the device: a smaller batch of the same kind is a short one in it. */
export class StepTrainer {
  #programs?: Programs;
  #source?: EncodedDataset;
  /** Of the batches that the source is filled with: their kind, and their rows in order. */
  #kind = "";
  #order!: Uint32Array<ArrayBuffer>;

  constructor(private readonly trainer: Internals) {}

  /** See `Trainer.trainStep`. */
  async train(given: Batch, seed: number): Promise<Scores> {
    const { calls, session, position, spec } = this.trainer;
    const batch = batchOf(this.trainer, given);
    calls.checkOutermost();
    return calls.take(async () => {
      await prepareHeads(spec);
      try {
        const { results, data, rows } = await this.step(batch, seed);
        position.underway = undefined;
        const totals = new Totals(await scoredHeads(spec.heads, data));
        totals.add(results, 0, rows);
        return totals.scores;
      } finally {
        session.release();
      }
    });
  }

  /**
   * Does one training step.
   *
   * @param seed - of dropout and noise
   * @throws DataError or ShapeError when the batch doesn't fit; DivergedError on NaN or infinity: the model is back where
   * it was before the step
   */
  async step(batch: Dataset, seed: number): Promise<DoneStep> {
    const { spec, schedule, position, session } = this.trainer;
    if (batch.rows === 1) (await import("./single-rows.js")).checkSingleRows(spec.model, { rows: 1, batch: 1 });
    const encoded = batchSource(this.trainer, batch);
    const source = this.#fill(encoded);
    const { rows: capacity } = source.shapes;
    this.#programs ??= new Programs(spec, source, {});
    const programs = this.#programs;
    let learningRate = position.learningRate;
    if (schedule) {
      const { Rates } = await import("./rates.js");
      learningRate = new Rates(schedule, position, 1).next(1)(0);
    }
    const { hyperparameters } = spec.optimizer;
    const training = { seed, step: position.step, epochs: 1, learningRate: () => learningRate, hyperparameters };
    const steps = new Steps(batch.rows, capacity, training);
    const order = this.#order;
    const run: StepRun = {
      steps,
      order,
      endsEpoch: true,
      changed: Object.keys(source.data),
    };
    const [words, counts, ...home] = await session.survive((memory) => programs.run(memory, run), { position });
    const results = new StepResults(words, slotCount(spec.heads));
    const badParameter = firstPositive(counts);
    if (!results.isFinite(0) || badParameter !== undefined) {
      const { diagnose } = await import("./diagnose.js");
      const { training } = programs;
      const underway = { ...NOTHING_DONE, steps: position.underway?.steps ?? position.step, learningRate };
      const start = { ...position, underway };
      const badStep = results.firstBad(1);
      const error = await diagnose({
        spec,
        source,
        memory: session.memory,
        training,
        steps,
        order,
        start,
        badStep,
        badParameter,
      });
      session.goBack();
      await session.bringHome();
      this.dispose();
      throw error;
    }
    position.step++;
    session.takeHome(home);
    noteRange(spec.model, encoded.host.features);
    return { results, data: encoded.data, rows: batch.rows, learningRate };
  }

  /** Puts a batch into the plan's data, where it fits, else into a new plan's. */
  #fill(batch: EncodedDataset): EncodedDataset {
    const kept = this.#source;
    const kind = kindOf(batch.shapes);
    const { rows } = batch.shapes;
    if (!kept || rows > kept.shapes.rows || kind !== this.#kind) {
      this.dispose();
      this.#kind = kind;
      this.#order = epochOrder(rows, 0, 0, false);
      // Of its own: the caller's data are not to be written to.
      const data = Object.fromEntries(
        Object.entries(batch.data).map(([name, values]) => [name, values.slice() as Values]),
      );
      this.#source = { ...batch, data, changing: Object.keys(data) };
      return this.#source;
    }
    for (const [name, values] of Object.entries(batch.data)) kept.data[name].set(values);
    return kept;
  }

  dispose(): void {
    this.#programs?.dispose();
    this.#programs = undefined;
    this.#source = undefined;
  }
}

/** A batch as its losses want it; factors of its losses are in their weights: the plan stays the same. */
function batchSource({ spec }: Internals, batch: Dataset): EncodedRows {
  const { shapes, data, host } = encode(spec, batch, batch.rows);
  const contents = { ...data };
  const targets = shapes.targets.map(({ lossScale = 1, ...others }, i) => {
    if (lossScale === 1) return others;
    const weights = data[nameOf(spec.heads[i], "weights")];
    const each = (_: unknown, row: number) => ((weights?.[row] as number) ?? 1) * lossScale;
    contents[nameOf(spec.heads[i], "lossWeights")] = Float32Array.from({ length: batch.rows }, each);
    return { ...others, lossWeights: true };
  });
  return { shapes: { ...shapes, targets }, data: contents, host };
}

/** Shapes but for the number of rows: batches of the same kind have the same. */
const kindOf = ({ features, targets }: DataShapes) => JSON.stringify({ features, targets });

const NOTHING_DONE = {
  rows: 0,
  sums: [],
  settings: { seed: 0, batchSize: 0, shuffle: false, rows: 0 },
};

/** A batch as a data set, which is checked against the model when it is encoded. */
export function batchOf({ spec }: Internals, batch: Batch): Dataset {
  if (batch instanceof Dataset) return batch;
  const { model } = spec;
  const shape =
    model.inputs.length > 1 ? Object.fromEntries(model.inputs.map((input) => [input.name, input.shape])) : model.input;
  return Dataset.from({ shape, ...batch });
}
