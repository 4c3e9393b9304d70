import { RandomStream, Stream } from "../core/random.js";
import { orderByFronts } from "./pareto.js";
import { densityOf } from "./parzen.js";
import { drawn } from "./search-space.js";
import type { Configuration, Space } from "./space.js";

/** A finished trial as a search sees it. */
export interface Finished {
  configuration: Configuration;
  /** Losses, [objectives]: less is better. Absent where the trial diverged. */
  losses?: readonly number[];
  /** Epochs after which it was pruned; absent where it was not. */
  pruned?: number;
}

/** Trials that are drawn at random before the densities say anything. */
const STARTUP = 10;
/** Values that are drawn for each setting, the best of which is taken. */
const CANDIDATES = 24;
/** The share of trials that count as good, and the most of them. */
const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;
/** Trials of full weight; the weights of older ones fall linearly. */
const RECENT = 25;

/** The configuration to try in a trial; the trial's number decides with the seed what is drawn. */
export type Suggest = (seed: number, number: number) => Configuration;

/**
 * Configurations to try next, by a tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kégl, "Algorithms for
 * hyper-parameter optimization", 2011): for each setting the value, of some drawn from the density of the good trials,
 * that is the likeliest among the good in proportion to the others. Numbers are Optuna's.
 *
 * @param finished - trials, in the order of their numbers
 */
export function suggestions(space: Space, finished: readonly Finished[]): Suggest {
  const settings = Object.entries(space);
  const randomOf = (seed: number, number: number, place: number) =>
    new RandomStream(seed, Stream.search, number, place);
  if (finished.length < STARTUP) {
    return (seed, number) =>
      Object.fromEntries(settings.map(([name, setting], i) => [name, drawn(setting, randomOf(seed, number, i))]));
  }
  const order = orderOf(finished);
  const count = Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * finished.length));
  const parts = [order.slice(0, count), order.slice(count)].map((places) => [...places].sort((a, b) => a - b));
  const weights = parts.map(({ length }) => weightsOf(length));
  const densities = settings.map(([name, setting]) =>
    parts.map((places, part) => {
      const values = places.map((i) => finished[i].configuration[name]);
      return densityOf(setting, values, weights[part]);
    }),
  );
  return (seed, number) =>
    Object.fromEntries(
      settings.map(([name], place) => {
        const random = randomOf(seed, number, place);
        const [good, others] = densities[place];
        const candidates = Array.from({ length: CANDIDATES }, () => good.draw(random));
        const gains = candidates.map((value) => good.logarithm(value) - others.logarithm(value));
        return [name, candidates[gains.indexOf(Math.max(...gains))]];
      }),
    );
}

/** Places of trials, the best first: those that went through, then those pruned, the latest first, then the diverged. */
function orderOf(finished: readonly Finished[]): number[] {
  const places = finished.map((_, i) => i);
  const complete = places.filter((i) => finished[i].losses && finished[i].pruned === undefined);
  const pruned = places.filter((i) => finished[i].losses && finished[i].pruned !== undefined);
  const lossOf = (i: number) => finished[i].losses![0];
  pruned.sort((a, b) => finished[b].pruned! - finished[a].pruned! || lossOf(a) - lossOf(b) || a - b);
  const ranked = rankedBy(complete.map((i) => finished[i].losses!)).map((i) => complete[i]);
  return [...ranked, ...pruned, ...places.filter((i) => !finished[i].losses)];
}

const rankedBy = (all: readonly (readonly number[])[]): number[] =>
  all[0]?.length === 1 ? all.map((_, i) => i).sort((a, b) => all[a][0] - all[b][0] || a - b) : orderByFronts(all);

function weightsOf(count: number): number[] {
  const old = Math.max(0, count - RECENT);
  return Array.from({ length: count }, (_, i) =>
    i >= old || old < 2 ? 1 : 1 / count + (i / (old - 1)) * (1 - 1 / count),
  );
}
