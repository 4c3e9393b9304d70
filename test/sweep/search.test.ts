import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RandomStream, Stream } from "../../src/core/random.js";
import { medianPruning, type Space, study, successiveHalving } from "../../src/index.js";
import { frontsOf, orderByFronts } from "../../src/sweep/pareto.js";
import { densityOf } from "../../src/sweep/parzen.js";
import { sobolPoints } from "../../src/sweep/sobol.js";
import { randomOf } from "../../src/sweep/space.js";
import { type Finished, suggestions } from "../../src/sweep/tpe.js";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** The least value that 60 trials of a search find, in groups of 5 as `sweep` asks for them. */
function bestOf(space: Space, loss: (configuration: Record<string, never>) => number, seed: number): number {
  const finished: Finished[] = [];
  while (finished.length < 60) {
    const suggest = suggestions(space, finished);
    const group = Array.from({ length: 5 }, (_, i) => suggest(seed, finished.length + i));
    finished.push(...group.map((configuration) => ({ configuration, losses: [loss(configuration as never)] })));
  }
  return Math.min(...finished.map(({ losses }) => losses![0]));
}

describe("a search by Parzen estimators", () => {
  const range = { low: -5, high: 5 };
  const problems: [string, Space, (c: Record<string, never>) => number][] = [
    ["a bowl", { x: range, y: range }, ({ x, y }) => (x - 2) ** 2 + (y + 1) ** 2],
    [
      "a valley over logarithms",
      { rate: { low: 1e-6, high: 1, log: true } },
      ({ rate }) => (Math.log10(rate) + 3) ** 2,
    ],
    [
      "choices and whole numbers",
      { kind: ["a", "b", "c", "d"], units: { low: 1, high: 200, integer: true }, x: range },
      ({ kind, units, x }) => (kind === "c" ? 0 : 5) + Math.abs(units - 130) / 20 + Math.abs(x - 3),
    ],
    ["waves", { x: range, y: range }, ({ x, y }) => 20 + x ** 2 + y ** 2 - 10 * (Math.cos(2 * x) + Math.cos(2 * y))],
  ];

  test.each(problems)("finds less than random trials do: %s", (_, space, loss) => {
    const seeds = Array.from({ length: 10 }, (_, seed) => seed);
    const searched = seeds.map((seed) => bestOf(space, loss, seed));
    const drawn = seeds.map((seed) => Math.min(...randomOf(space, 60, seed).map((each) => loss(each as never))));
    expect(mean(searched)).toBeLessThan(mean(drawn));
  });

  test("stays inside of ranges, lists and steps, and depends on seed, number and trials alone", () => {
    const space: Space = {
      rate: { low: 1e-4, high: 1e-1, log: true },
      step: { low: 0.5, high: 2, step: 0.5 },
      units: { low: 8, high: 512, log: true, integer: true },
      kind: ["a", { deep: true }],
    };
    const finished = randomOf(space, 30, 1).map((configuration, i) => ({ configuration, losses: [i % 7] }));
    const suggest = suggestions(space, finished);
    const all = Array.from({ length: 200 }, (_, i) => suggest(3, 30 + i));
    expect(suggestions(space, finished)(3, 35)).toEqual(all[5]);
    expect(suggest(4, 35)).not.toEqual(all[5]);
    for (const { rate, step, units, kind } of all as Record<string, number>[]) {
      expect(rate).toBeGreaterThanOrEqual(1e-4);
      expect(rate).toBeLessThanOrEqual(1e-1);
      expect([0.5, 1, 1.5, 2]).toContain(step);
      expect(Number.isInteger(units) && units >= 8 && units <= 512).toBe(true);
      expect(space.kind).toContain(kind);
    }
  });

  test("trials that diverged or were pruned early repel it", () => {
    const space: Space = { x: { low: 0, high: 1 } };
    const made = (bad: Partial<Finished>) =>
      Array.from({ length: 40 }, (_, i): Finished => {
        const x = (i + 0.5) / 40;
        return { configuration: { x }, losses: [1], ...(x > 0.5 && bad) };
      });
    for (const bad of [{ losses: undefined }, { losses: [0], pruned: 1 }]) {
      const suggest = suggestions(space, made(bad));
      const xs = Array.from({ length: 40 }, (_, i) => suggest(0, 40 + i).x as number);
      expect(xs.filter((x) => x < 0.5).length).toBeGreaterThan(32);
    }
  });

  test("a density's probabilities add up to 1, and draws follow it", () => {
    const sum = (values: readonly unknown[], setting: Space[string], given: unknown[]) => {
      const density = densityOf(
        setting,
        given,
        given.map(() => 1),
      );
      return values.reduce<number>((total, value) => total + Math.exp(density.logarithm(value)), 0);
    };
    const units = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(sum(units, { low: 1, high: 20, integer: true }, [3, 3, 18])).toBeCloseTo(1, 6);
    expect(sum(units, { low: 1, high: 20, integer: true, log: true }, [2, 15])).toBeCloseTo(1, 6);
    expect(sum(["a", "b"], ["a", "b"], ["b", "b", "a"])).toBeCloseTo(1, 12);
    const line = Array.from({ length: 4000 }, (_, i) => (i + 0.5) / 1000);
    expect(sum(line, { low: 0, high: 4 }, [0.5, 3.9, 1]) / 1000).toBeCloseTo(1, 5);
    const density = densityOf({ low: 1, high: 4, integer: true }, [4, 4, 4, 4], [1, 1, 1, 1]);
    const random = new RandomStream(1, Stream.search);
    const drawn = Array.from({ length: 4000 }, () => density.draw(random));
    const share = drawn.filter((value) => value === 4).length / 4000;
    const expected = Math.exp(density.logarithm(4));
    expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / 4000));
  });
});

test("a study is asked and told", () => {
  const search = study({ x: { low: -5, high: 5 } }, { mode: "max", seed: 2 });
  expect(search.best).toBeUndefined();
  for (let i = 0; i < 80; i++) {
    const trial = search.ask();
    expect(trial.number).toBe(i);
    search.tell(trial, i % 9 === 0 ? "diverged" : -((Number(trial.configuration.x) - 2) ** 2));
  }
  expect(Math.abs(Number(search.best!.configuration.x) - 2)).toBeLessThan(0.1);
  expect(() => search.tell(3, 1)).toThrow("told before");
  expect(() => search.tell(100, 1)).toThrow("not asked for");
  const open = search.ask();
  expect(() => search.tell(open, Number.NaN)).toThrow('1 finite numbers, or "diverged"');
  expect(() => study({ x: [] })).toThrow("at least one value");
  expect(() => study({ x: [1] }, { mode: "least" as never })).toThrow('"min" or "max"');

  const both = study({ x: { low: 0, high: 1 } }, { mode: ["min", "max"] });
  for (const values of [
    [2, 1],
    [1, 1],
    [3, 5],
  ])
    both.tell(both.ask(), values);
  expect(both.best!.values).toEqual([1, 1]);
});

test("a Sobol sequence is as even as it should be: each cell of each halving has one point", () => {
  for (const [dimensions, seed] of [
    [16, 0],
    [3, 7],
  ]) {
    const points = sobolPoints(dimensions, 64, seed);
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const cells = points.map((point) => Math.floor(point[dimension] * 64)).sort((a, b) => a - b);
      expect(cells).toEqual(Array.from({ length: 64 }, (_, i) => i));
    }
    // The first two dimensions are a (0, m, 2)-net: 8 by 8 cells with a point each.
    expect(new Set(points.map(([x, y]) => 8 * Math.floor(8 * x) + Math.floor(8 * y))).size).toBe(64);
  }
  expect(sobolPoints(2, 4, 1)).not.toEqual(sobolPoints(2, 4, 2));
  expect(() => sobolPoints(17, 1, 0)).toThrow("Use random for more");
});

test("fronts are those that are found by looking at every pair", () => {
  const losses = fc.array(fc.array(fc.nat(4), { minLength: 2, maxLength: 2 }), { maxLength: 12 });
  fc.assert(
    fc.property(losses, (all) => {
      const fronts = frontsOf(all);
      const isBetter = (a: number[], b: number[]) =>
        a.every((loss, i) => loss <= b[i]) && a.some((loss, i) => loss < b[i]);
      for (const [i, own] of all.entries()) {
        const better = all.flatMap((other, place) => (isBetter(other, own) ? [fronts[place]] : []));
        expect(fronts[i]).toBe(Math.max(-1, ...better) + 1);
      }
    }),
  );
});

test("fronts and their order", () => {
  const all = [
    [1, 5],
    [2, 2],
    [5, 1],
    [3, 3],
    [6, 6],
    [2, 2.5],
  ];
  expect(frontsOf(all)).toEqual([0, 0, 0, 2, 3, 1]);
  expect(orderByFronts(all)).toEqual([0, 2, 1, 5, 3, 4]);
});

describe("pruning", () => {
  const course = (...losses: number[]) => ({ losses, isComplete: true });
  const others = [course(5, 4, 3), course(6, 4, 2), course(7, 5, 4), course(8, 6, 1)];

  test("by the median: the best epoch so far against the median of those that went through", () => {
    const { prunes } = medianPruning({ startup: 4 });
    expect(prunes([6.5], others)).toBe(false); // the median is 6.5
    expect(prunes([6.6], others)).toBe(true);
    expect(prunes([4.5, 9], others)).toBe(false); // 4.5 is the median of the second epochs
    expect(prunes([4.6, 9], others)).toBe(true);
    expect(prunes([9, 9, 9, 9], others)).toBe(false); // nobody came as far
    expect(prunes([9], others.slice(1))).toBe(false); // too few
    expect(prunes([9], [...others.slice(1), { losses: [1], isComplete: false }])).toBe(false);
    expect(medianPruning().prunes([9], others)).toBe(false);
    expect(medianPruning({ startup: 1, warmup: 2 }).prunes([9, 9], others)).toBe(false);
    expect(medianPruning({ startup: 1, warmup: 1, interval: 2 }).prunes([9, 9, 9], others)).toBe(false);
    expect(medianPruning({ startup: 1, warmup: 1, interval: 2 }).prunes([9, 9], others)).toBe(true);
    expect(() => medianPruning({ startup: -1 })).toThrow("startup must be a whole number");
  });

  test("by successive halving: one of so many goes on from each rung", () => {
    const { prunes } = successiveHalving({ epochs: 1, factor: 2 });
    expect(prunes([5.5], others)).toBe(false); // 5, 5.5 of five
    expect(prunes([6.5], others)).toBe(true);
    expect(prunes([1, 4], others)).toBe(false);
    expect(prunes([1, 4.5], others)).toBe(true);
    expect(prunes([9, 9, 9], others)).toBe(false); // no rung
    expect(prunes([9], [])).toBe(false);
    expect(prunes([9], others.slice(0, 1))).toBe(true);
    expect(prunes([6], [{ losses: [7], isComplete: false }])).toBe(false);
    expect(() => successiveHalving({ factor: 1 })).toThrow("factor must be a whole number, 2 or more");
  });
});
