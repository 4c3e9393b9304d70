import { describe, expect, test } from "vitest";
import type { ScoreNames } from "../../src/core/monitor.js";
import {
  constantRate,
  cosineAnnealing,
  cosineWarmRestarts,
  customSchedule,
  exponentialDecay,
  linearWarmup,
  oneCycle,
  polynomial,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  type Schedule,
  scheduleNames,
  stepDecay,
} from "../../src/index.js";
import { scheduleFromConfig } from "../../src/schedules/index.js";
import { expectClose } from "../tolerance.js";

const rates = (schedule: Schedule, count: number, initial = 0.1) =>
  Array.from({ length: count }, (_, place) => schedule.learningRate(place, initial));

const SCORES: ScoreNames = new Map([
  ["loss", "lower"],
  ["accuracy", "higher"],
  ["mape", undefined],
]);

/** The rate of each epoch where these are the losses. */
function rateOfEach(schedule: Schedule, losses: number[], initial = 1, monitor = "loss"): number[] {
  let state: unknown;
  return losses.map((loss, i) => {
    const rate = schedule.learningRate(i, initial, state);
    state = schedule.follow!(state, { epoch: i + 1, loss: 0, [monitor]: loss }, SCORES);
    expect(JSON.parse(JSON.stringify({ state }))).toEqual({ state }); // saved and loaded, it is the same
    return rate;
  });
}

describe("linearWarmup", () => {
  // torch: SequentialLR([LinearLR(start_factor=0.2, total_iters=4), ExponentialLR(0.5)], milestones=[4])
  test("rises in a straight line, then begins what follows", () => {
    const schedule = linearWarmup({ period: 4, start: 0.2, before: exponentialDecay({ factor: 0.5 }) });
    expectClose(rates(schedule, 7, 1), [0.2, 0.4, 0.6, 0.8, 1, 0.5, 0.25]);
  });

  test("begins with a third, and is followed by the optimizer's rate, where nothing is said", () => {
    expectClose(rates(linearWarmup({ period: 2 }), 4, 3), [1, 2, 3, 3]);
    expect(linearWarmup({ period: 2, per: "step" }).per).toBe("step");
    expect(linearWarmup({ period: 2 }).per).toBe("epoch");
  });

  test.each<[string, Schedule]>([
    ["constant", constantRate()],
    ["stepDecay", stepDecay({ every: 2 })],
    ["exponentialDecay", exponentialDecay({ factor: 0.9 })],
    ["polynomial", polynomial({ total: 8, power: 2 })],
    ["cosineAnnealing", cosineAnnealing({ period: 8 })],
    ["cosineWarmRestarts", cosineWarmRestarts({ period: 3 })],
    ["oneCycle", oneCycle({ total: 8, max: 0.5 })],
    ["reduceOnPlateau", reduceOnPlateau()],
    ["custom", customSchedule((t, initial) => initial / (1 + t))],
    ["linearWarmup", linearWarmup({ period: 2 })],
  ])("comes before %s", (_, before) => {
    const warmed = rates(linearWarmup({ period: 3, start: 0, before }), 9);
    const [first] = rates(before, 1);
    expectClose(warmed, [0, first / 3, (first * 2) / 3, ...rates(before, 6)]);
  });

  test("counts what the schedule counts that follows", () => {
    const before = cosineAnnealing({ period: 8, per: "step" });
    expect(linearWarmup({ period: 2, before }).per).toBe("step");
    expect(() => linearWarmup({ period: 2, before, per: "epoch" })).toThrow(/counts in steps, per says "epoch"/);
    expect(() => linearWarmup({ period: 2, before: {} as never })).toThrow(/must be a schedule/);
  });
});

describe("reduceOnPlateau", () => {
  // torch: ReduceLROnPlateau(factor=0.5, patience=2)
  test("lowers the rate when more than `patience` epochs in a row were no better", () => {
    const losses = [5, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3];
    expect(rateOfEach(reduceOnPlateau({ factor: 0.5, patience: 2 }), losses)).toEqual([
      1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25,
    ]);
  });

  // torch: ReduceLROnPlateau(factor=0.1, patience=0, cooldown=2)
  test("counts nothing as bad while it cools down", () => {
    const schedule = reduceOnPlateau({ factor: 0.1, patience: 0, cooldown: 2 });
    expectClose(rateOfEach(schedule, [1, 1, 1, 1, 1, 1, 1, 1]), [1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01]);
  });

  test("improvement is relative, and goes the metric's way", () => {
    const loss = reduceOnPlateau({ patience: 0, threshold: 0.1, factor: 0.5 });
    expect(rateOfEach(loss, [10, 9.5, 8.9, 8.9])).toEqual([1, 1, 0.5, 0.5]);
    const accuracy = reduceOnPlateau({ monitor: "accuracy", patience: 0, factor: 0.5 });
    expect(rateOfEach(accuracy, [0.5, 0.6, 0.6, 0.7, 0.6, 0.8], 1, "accuracy")).toEqual([1, 1, 1, 0.5, 0.5, 0.25]);
  });

  test("goes no lower than its minimum, and never up", () => {
    const options = { patience: 0, factor: 0.5, minimum: 0.3 };
    expect(rateOfEach(reduceOnPlateau(options), [1, 1, 1, 1])).toEqual([1, 1, 0.5, 0.3]);
    expect(rateOfEach(reduceOnPlateau(options), [1, 1, 1, 1], 0.2)).toEqual([0.2, 0.2, 0.2, 0.2]);
  });

  test("watches the validation part where there is one; a score that isn't finite is no better", () => {
    const schedule = reduceOnPlateau({ patience: 0 });
    const state = schedule.follow!(undefined, { epoch: 1, loss: 5, validation: { loss: Number.NaN } }, SCORES);
    expect(state).toMatchObject({ reductions: 1 });
    expect(schedule.follow!(state, { epoch: 2, loss: 5, validation: { loss: 1 } }, SCORES)).toMatchObject({ best: 1 });
  });

  test("watches a score that says which way it gets better, or is told by mode", () => {
    const follow = (options: ReduceOnPlateauOptions) =>
      rateOfEach(reduceOnPlateau({ patience: 0, factor: 0.5, ...options }), [3, 2, 1], 1, options.monitor);
    const check = (options: ReduceOnPlateauOptions) => () => reduceOnPlateau(options).checkScores!(SCORES);
    expect(check({ monitor: "f1" })).toThrow(/reduceOnPlateau: there is no score "f1"; add it/);
    expect(check({ monitor: "mape" })).toThrow(/"mape" doesn't say which way.* mode: "min" or "max"/);
    expect(follow({ monitor: "mape", mode: "min" })).toEqual([1, 1, 1]);
    expect(follow({ monitor: "mape", mode: "max" })).toEqual([1, 1, 0.5]);
    expect(follow({ monitor: "accuracy" })).toEqual([1, 1, 0.5]);
    expect(() => reduceOnPlateau({ mode: "lower" as never })).toThrow(/mode must be "min" or "max"/);
  });

  test("after a warm-up it follows the epochs that come then", () => {
    const schedule = linearWarmup({ period: 3, start: 1, before: reduceOnPlateau({ patience: 1, factor: 0.5 }) });
    expect(rateOfEach(schedule, [1, 1, 1, 1, 1, 1, 1])).toEqual([1, 1, 1, 1, 1, 1, 0.5]);
  });
});

test("past their end, polynomial and oneCycle stay where they ended", () => {
  expect(rates(polynomial({ total: 2 }), 4, 1)).toEqual([1, 0.5, 0, 0]);
  const cycle = oneCycle({ total: 10 });
  expect(cycle.learningRate(10, 1)).toBeCloseTo(1 / 25e4, 12);
  expect(cycle.learningRate(50, 1)).toBe(cycle.learningRate(10, 1));
  expect(rates(oneCycle({ total: 1 }), 2, 1)).toEqual([1, cycle.learningRate(10, 1)]);
});

test(`all ${scheduleNames.length} schedules come back from their configs`, () => {
  const all: Schedule[] = [
    constantRate(),
    stepDecay({ every: 3, factor: 0.2 }),
    exponentialDecay({ factor: 0.8, per: "step" }),
    polynomial({ total: 9, power: 3 }),
    cosineAnnealing({ period: 9, minimum: 1e-3, per: "step" }),
    cosineWarmRestarts({ period: 2, multiplier: 3, minimum: 1e-4 }),
    oneCycle({ total: 9, max: 0.3, rise: 0.4, divisor: 10, finalDivisor: 100 }),
    reduceOnPlateau({ monitor: "accuracy", factor: 0.3, patience: 1, threshold: 0.01, cooldown: 1, minimum: 1e-5 }),
    linearWarmup({ period: 3, before: linearWarmup({ period: 2, before: oneCycle({ total: 5, per: "step" }) }) }),
  ];
  expect(all.map(({ config }) => config.schedule)).toEqual(scheduleNames);
  for (const schedule of all) {
    const restored = scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config)));
    expect(restored.config).toEqual(schedule.config);
    expect(restored.per ?? "epoch").toBe(schedule.per ?? "epoch");
    expect(rates(restored, 12)).toEqual(rates(schedule, 12));
    expect(restored.follow === undefined).toBe(schedule.follow === undefined);
  }
});

test("one of the user's own is carried, and must be given again to be used", () => {
  const own = customSchedule((epoch) => 1 / (1 + epoch), { per: "step" });
  expect(rates(own, 3)).toEqual([1, 1 / 2, 1 / 3]);
  const restored = scheduleFromConfig(own.config);
  expect(restored).toMatchObject({ config: { schedule: "custom", per: "step" }, per: "step" });
  expect(() => restored.learningRate(0, 1)).toThrow(/trained with the schedule "custom".*Give it to the Trainer again/);
});

test.each<[string, () => Schedule, RegExp]>([
  ["every 0", () => stepDecay({ every: 0 }), /stepDecay: every must be a finite number above 0, got 0/],
  ["a negative factor", () => exponentialDecay({ factor: -1 }), /exponentialDecay: factor/],
  ["no total", () => polynomial({} as never), /polynomial: total must be a finite number above 0, got undefined/],
  ["power NaN", () => polynomial({ total: 1, power: Number.NaN }), /polynomial: power.*got NaN/],
  ["period Infinity", () => cosineAnnealing({ period: Number.POSITIVE_INFINITY }), /cosineAnnealing: period/],
  ["a minimum below 0", () => cosineAnnealing({ period: 1, minimum: -1 }), /minimum must be .*0 or more, got -1/],
  ["waves that shrink", () => cosineWarmRestarts({ period: 1, multiplier: 0.5 }), /multiplier must be .*at least 1/],
  ["a cycle that only rises", () => oneCycle({ total: 9, rise: 1 }), /rise must be above 0 and below 1, got 1/],
  ["max 0", () => oneCycle({ total: 9, max: 0 }), /oneCycle: max must be a finite number above 0/],
  ["divisor 0", () => oneCycle({ total: 9, divisor: 0 }), /oneCycle: divisor/],
  ["no period", () => linearWarmup({} as never), /linearWarmup: period/],
  ["a negative start", () => linearWarmup({ period: 1, start: -1 }), /linearWarmup: start/],
  ["a factor of 1", () => reduceOnPlateau({ factor: 1 }), /reduceOnPlateau: factor must be above 0 and below 1/],
  ["negative patience", () => reduceOnPlateau({ patience: -1 }), /reduceOnPlateau: patience/],
  ["a monitor that is a number", () => reduceOnPlateau({ monitor: 1 as never }), /needs the name of a score to watch/],
  ["per batch", () => stepDecay({ every: 1, per: "batch" as never }), /per must be "epoch" or "step", got "batch"/],
  ["no function", () => customSchedule(0.1 as never), /customSchedule: needs a function/],
])("%s is an ArgumentError", (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ name: "ArgumentError", message: expect.stringMatching(message) }));
});
