import type { Values } from "../../core/dtype.js";
import { type BatchGroups, countedElements, type Groups } from "../../ops/normalise.js";
import type { CpuKernel } from "./kernel.js";

/** Calls `each` with the places of every group's elements, in one array for all. */
function eachGroup({ outer, length, inner, tail }: Groups, each: (places: Uint32Array, group: number) => void): void {
  const places = new Uint32Array(length * tail);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let l = 0; l < length; l++) {
        for (let t = 0; t < tail; t++) places[l * tail + t] = ((o * length + l) * inner + i) * tail + t;
      }
      each(places, o * inner + i);
    }
  }
}

function mean(places: Uint32Array, term: (place: number) => number): number {
  let sum = 0;
  for (const place of places) sum += term(place);
  return sum / Math.max(places.length, 1);
}

/** The mean that is taken off, the variance, and what the rest is divided by. */
function statistics(places: Uint32Array, x: Values, { epsilon, centred }: Groups) {
  const centre = centred ? mean(places, (at) => x[at]) : 0;
  const variance = mean(places, (at) => (x[at] - centre) ** 2);
  return { centre, variance, scale: Math.sqrt(variance + epsilon) };
}

export const normalise: CpuKernel = ({ attributes }, [x], y) => {
  const groups = attributes as Groups;
  return () =>
    eachGroup(groups, (places) => {
      const { centre, scale } = statistics(places, x, groups);
      for (const at of places) y[at] = (x[at] - centre) / scale;
    });
};

export const normaliseGradient: CpuKernel = ({ attributes }, [dy, x], dx) => {
  const groups = attributes as Groups;
  return ({ rows }) =>
    eachGroup(groups, (all) => {
      const places = all.subarray(0, countedElements(groups, rows));
      const { centre, scale } = statistics(places, x, groups);
      const normalised = (at: number) => (x[at] - centre) / scale;
      const offset = groups.centred ? mean(places, (at) => dy[at]) : 0;
      const slope = mean(places, (at) => dy[at] * normalised(at));
      for (const at of all) dx[at] = 0;
      for (const at of places) dx[at] = (dy[at] - offset - normalised(at) * slope) / scale;
    });
};

export const batchNormalise: CpuKernel = ({ attributes }, [x, means, variances], y) => {
  const groups = attributes as BatchGroups;
  return ({ rows }) =>
    eachGroup(groups, (all, group) => {
      const places = all.subarray(0, countedElements(groups, rows));
      const { centre, variance, scale } = statistics(places, x, groups);
      for (const at of all) y[at] = (x[at] - centre) / scale;
      if (places.length === 0) return;
      const unbiased = (variance * places.length) / Math.max(places.length - 1, 1);
      means[group] += groups.momentum * (centre - means[group]);
      variances[group] += groups.momentum * (unbiased - variances[group]);
    });
};
