import { planFor } from "../../compile/kept-plans.js";
import { shareable } from "../../compile/numbers.js";
import type { Plan } from "../../compile/plan.js";
import { sameValue } from "../../compile/same-graph.js";
import type { Dataset } from "../../data/dataset.js";
import { encode } from "../encode.js";
import { epochsPerRun } from "../fit.js";
import type { FitOptions } from "../fit-options.js";
import { trainingGraph } from "../graphs.js";
import { prepareHeads } from "../heads.js";
import { internals } from "../internals.js";
import type { Trainer } from "../trainer.js";
import { together } from "./together.js";

/** The most models of one program: their records of a step are 64 KiB, which any GPU takes as uniform memory. */
const MOST_REPLICAS = 256;
/** Buffers of data that models share. */
const SHARED = new Set(["features", "targets", "weights", "classes"]);

/** Trainers, and what each is trained on. */
export interface Grouped {
  trainers: readonly Trainer[];
  dataOf(place: number): Dataset;
  /** Options of their `fit`: plans depend on its batches, and on who watches it. */
  fit: FitOptions;
}

/**
 * Does work on many trainers: group by group, the trainers of each side by side. See `together`.
 *
 * @returns what became of each, in the order of the trainers
 */
export async function inGroups<T>(
  grouped: Grouped,
  work: (trainer: Trainer, place: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  try {
    for (const places of await groupsOf(grouped)) {
      const own = places.map((place) => grouped.trainers[place]);
      const ended = await together(own, (trainer, i) => work(trainer, places[i]));
      for (const [i, place] of places.entries()) results[place] = ended[i];
    }
  } finally {
    for (const trainer of grouped.trainers) internals.get(trainer)!.spec.planned = undefined;
  }
  return results;
}

/**
 * Puts trainers into groups that are trained side by side: of graphs that differ in numbers alone, and so many that each buffer of all of them
 * fits the device.
 *
 * @returns places of the trainers, group by group, in their order
 */
async function groupsOf({ trainers, dataOf, fit }: Grouped): Promise<number[][]> {
  if (fit.buckets) return trainers.map((_, place) => [place]); // whose batches have places of their own
  const plans: Plan[] = [];
  for (const [place, trainer] of trainers.entries()) {
    const own = internals.get(trainer)!;
    const { spec } = own;
    const data = dataOf(place);
    await prepareHeads(spec);
    const { shapes } = encode(spec, data, fit.batchSize ?? 32, epochsPerRun(own, data.rows, fit));
    const { roots } = trainingGraph({ ...spec, together: true }, shapes);
    const { device } = trainer;
    const plan = await planFor({ fused: device.fused, whole: device }, "training", roots);
    spec.planned = (others) => (sameValue(others, shapes) ? plan : undefined);
    plans.push(plan);
  }
  return shareable(plans).flatMap((places) => {
    const most = mostReplicas(plans[places[0]], trainers[places[0]].device.maxBufferBytes);
    return Array.from({ length: Math.ceil(places.length / most) }, (_, i) => places.slice(i * most, (i + 1) * most));
  });
}

/** So many models' largest buffer fits; one model's data may come in windows. */
function mostReplicas({ buffers }: Plan, maxBufferBytes: number): number {
  const own = buffers.filter(({ kind, name }) => kind !== "constant" && !SHARED.has(name));
  const largest = Math.max(...own.map(({ length }) => length * 4));
  return Math.max(1, Math.min(MOST_REPLICAS, Math.floor(maxBufferBytes / largest)));
}
