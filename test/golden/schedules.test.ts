import { describe, expect, test } from "vitest";
import {
  cosineAnnealing,
  cosineWarmRestarts,
  exponentialDecay,
  oneCycle,
  polynomial,
  type Schedule,
  stepDecay,
} from "../../src/index.js";
import { expectClose } from "../tolerance.js";
import { readGolden } from "./read.js";

const { initial, epochs, ...golden } = readGolden<Record<string, number[]> & { initial: number; epochs: number }>(
  "schedules",
);
const makers = { stepDecay, exponentialDecay, cosineAnnealing, cosineWarmRestarts, polynomial, oneCycle };

/** "stepDecay(every=7, factor=0.5)": the same in this library's words. */
function scheduleOf(name: string, per?: "step"): Schedule {
  const [, maker, list] = name.match(/^(\w+)\((.*)\)$/)!;
  const options = Object.fromEntries(list.split(", ").map((option) => option.split("=")));
  for (const key of Object.keys(options)) options[key] = Number(options[key]);
  return makers[maker as keyof typeof makers]({ ...options, ...(per && { per }) } as never);
}

const cases = Object.entries(golden);

describe(`${cases.length} schedules, as in PyTorch`, () => {
  test("all are there", () => {
    expect(cases.map(([name]) => name.split("(")[0])).toEqual(Object.keys(makers));
    expect(epochs).toBe(30);
  });

  test.each(cases)("%s", (name, expected) => {
    expect(expected.length).toBeGreaterThan(20);
    for (const per of [undefined, "step"] as const) {
      const schedule = scheduleOf(name, per);
      expectClose(
        expected.map((_, place) => schedule.learningRate(place, initial)),
        expected,
        { what: name },
      );
    }
  });
});
