import { planFor } from "../compile/kept-plans.js";
import type { Values } from "../core/dtype.js";
import { checkList } from "../core/options.js";
import { RandomStream, Stream, shuffle as shuffled } from "../core/random.js";
import { sizeOf } from "../core/shape.js";
import { type BucketProgram, loadBuckets } from "./bucket-pass.js";
import { lengthsOf, timedHeads } from "./bucketable.js";
import type { DeviceMemory } from "./device-memory.js";
import type { EncodedDataset, EncodedRows } from "./encode.js";
import { epochOrders, type Steps } from "./epochs.js";
import type { TrainingSpec } from "./graphs.js";
import { nameOf } from "./heads.js";
import type { loadPass, Pass, PassGraph } from "./pass.js";

/** Epochs whose rows are put together, and how. */
interface Arrangement {
  batch: number;
  /** The first one of the order. */
  epoch: number;
  seed: number;
  /** Whether batches come in a random order; else the short ones first. */
  shuffle: boolean;
}

/**
 * Sequences of about the same length in batches of as few places as they need. Only the order of rows and the places of a step
 * differ from a training without buckets: the number of steps, the short batch at the end of an epoch and resuming don't.
 */
export interface Buckets {
  /** Places of batches, the fewest first. */
  readonly times: readonly number[];
  /** Orders of epochs in which rows of a bucket are together: by seed and epoch, the same on every backend and on resume. */
  orders: typeof epochOrders;
  /** The bucket of each of some steps: that of its longest row. */
  bucketsOf(steps: Steps, order: Uint32Array): number[];
  /** A program for each number of places, over the same results. */
  load: typeof loadPass;
  /** The same for rows that are evaluated: they have buckets of their own, and come in the order of their lengths. */
  evaluating(memory: DeviceMemory, graph: PassGraph, source: EncodedRows): Promise<Pass>;
}

/**
 * The buckets of a data set's rows.
 *
 * @param given - places, as `fit` was given them
 * @throws ArgumentError when they aren't positive integers, or places that fill sequences up have a part in what the model puts
 * out; DataError when they have one in the loss
 */
export async function bucketsOf(spec: TrainingSpec, source: EncodedRows, given: readonly number[]): Promise<Buckets> {
  const isCount = (each: number) => Number.isSafeInteger(each) && each > 0;
  checkList("fit: buckets", given, "buckets: [16, 32, 64], places of sequences", isCount);
  const { lengths, time } = await lengthsOf(spec.model, source.host.features);
  const all = [...new Set([...given.filter((each) => each < time), time])].sort((a, b) => a - b);
  const wanted = lengths.map((length) => all.findIndex((each) => each >= length));
  const used = all.map((_, bucket) => bucket).filter((bucket) => wanted.includes(bucket));
  const times = used.map((bucket) => all[bucket]);
  const bucketOf = wanted.map((bucket) => used.indexOf(bucket));
  const { batch } = source.shapes;
  const heads = timedHeads(spec, source, { time, times, bucketOf });
  const buckets: Buckets = {
    times,
    orders: (rows, epoch, count, seed, shuffle) =>
      arranged(epochOrders(rows, epoch, count, seed, shuffle), bucketOf, times.length, { batch, epoch, seed, shuffle }),
    bucketsOf: (steps, order) =>
      Array.from({ length: steps.count }, (_, step) => {
        const rows = order.subarray(steps.place(step), steps.place(step + 1));
        return rows.reduce((most, row) => Math.max(most, bucketOf[row]), 0);
      }),
    load(memory, graph, source) {
      const programs = times.map(async (places): Promise<BucketProgram> => {
        const cut = cutTo(places, time, source, heads);
        return { source: cut, plan: await planFor(memory.device, graph.label, graph.trace(cut.shapes)) };
      });
      return Promise.all(programs).then((all) => loadBuckets(memory, all, graph.output, buckets));
    },
    async evaluating(memory, graph, evaluated) {
      const { rows } = evaluated.shapes;
      // In a large batch short rows would lie beside long ones.
      const small = Math.min(batch, rows);
      const source = { ...evaluated, shapes: { ...evaluated.shapes, batch: small, steps: Math.ceil(rows / small) } };
      const own = await bucketsOf(spec, source, given);
      const order = own.orders(rows, 0, 1, 0, false);
      const pass = await own.load(memory, graph, source);
      return {
        batch: pass.batch,
        run: (steps) => pass.run(steps, order),
        refresh: (name) => pass.refresh(name),
        begin: (steps) => pass.begin(steps, order),
        dispose: () => pass.dispose(),
      };
    },
  };
  return buckets;
}

/** Rows of each epoch with those of a bucket together, cut into batches that come in a random order, a short one last. */
function arranged(
  order: Uint32Array,
  bucketOf: Uint32Array,
  buckets: number,
  { batch, epoch, seed, shuffle }: Arrangement,
): Uint32Array<ArrayBuffer> {
  const rows = bucketOf.length;
  const result = new Uint32Array(order.length);
  const full = Math.floor(rows / batch);
  const rest = rows % batch;
  for (let start = 0; start < order.length; start += rows) {
    // A second stream of the epoch's shuffle.
    const random = new RandomStream(seed, Stream.shuffle, epoch + start / rows, 1);
    const own = order.subarray(start, start + rows);
    const sorted = Array.from({ length: buckets }, (_, bucket) =>
      [...own].filter((row) => bucketOf[row] === bucket),
    ).flat();
    // The short batch may have rows of any length.
    const short = sorted.splice((shuffle ? random.nextBelow(full + 1) : full) * batch, rest);
    const batches = Uint32Array.from({ length: full }, (_, i) => i);
    if (shuffle) shuffled(batches, random);
    for (const [to, from] of batches.entries()) {
      result.set(sorted.slice(from * batch, (from + 1) * batch), start + to * batch);
    }
    result.set(short, start + full * batch);
  }
  return result;
}

/** Data of as many places, and their shapes. @param heads - names of the targets that have places */
function cutTo(
  places: number,
  time: number,
  source: EncodedDataset,
  heads: readonly (string | undefined)[],
): EncodedDataset {
  const { shapes, data } = source;
  const cut = { ...data };
  const shorten = (name: string, factor = 1) => {
    const values = data[name];
    const width = values.length / shapes.rows;
    const own = (width / time) * places;
    const kept = new (values.constructor as Uint32ArrayConstructor)(shapes.rows * own) as Values;
    for (let row = 0; row < shapes.rows; row++) kept.set(values.subarray(row * width, row * width + own), row * own);
    cut[name] = factor === 1 ? kept : (kept.map((value) => value * factor) as Values);
    return own;
  };
  return {
    ...source,
    shapes: {
      ...shapes,
      features: shapes.features.map((input) => ({ ...input, shape: [shorten(input.name)] })),
      targets: shapes.targets.map((targets, i) => {
        const name = heads[i];
        if (name === undefined) return targets;
        // Weights have a mean of 1 over the places of a row, of which there are fewer.
        const elementWeights = shorten(nameOf({ name }, "elementWeights"), places / time);
        if (targets.classes) shorten(nameOf({ name }, "classes"));
        const size = shorten(nameOf({ name }, "targets"));
        const [, ...rest] = targets.shape;
        return { ...targets, elementWeights, shape: [size / sizeOf(rest), ...rest] };
      }),
    },
    data: cut,
  };
}
