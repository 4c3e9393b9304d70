import { describe, expect, test } from "vitest";
import { ArgumentError, type Schedule } from "../../src/index.js";
import { Rates } from "../../src/training/rates.js";

const SCORES = new Map([["loss", "lower"]] as const);
const at = (epoch: number, step = epoch * 3) => ({ epoch, step, learningRate: 0.5 });
/** Gives the position for a rate, and notes what it was asked. */
function asked(options: Partial<Schedule> = {}) {
  const calls: unknown[][] = [];
  const schedule: Schedule = {
    config: { schedule: "asked" },
    learningRate: (...call) => {
      calls.push(call);
      return call[0];
    },
    ...options,
  };
  return { calls, schedule };
}

const list = (rates: (step: number) => number, steps: number) =>
  Array.from({ length: steps }, (_, step) => rates(step));

describe("the rates of the epochs that come next", () => {
  test("are one for all steps of an epoch, counted on from the epochs before", () => {
    const { calls, schedule } = asked();
    expect(list(new Rates(schedule, at(4), 3).next(2), 6)).toEqual([4, 4, 4, 5, 5, 5]);
    expect(calls).toEqual([
      [4, 0.5, undefined],
      [5, 0.5, undefined],
    ]);
  });

  test("are one for each step of a schedule by steps, from the step where they begin", () => {
    const { schedule } = asked({ per: "step" });
    const rates = new Rates(schedule, at(2, 8), 3);
    expect(list(rates.next(1), 3)).toEqual([8, 9, 10]);
    expect(list(rates.next(1, { step: 20, learningRate: 0.1 }), 3)).toEqual([20, 21, 22]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1])("are refused at once where one of them is %d", (wrong) => {
    const { schedule } = asked({ learningRate: (epoch) => (epoch === 3 ? wrong : 0.1) });
    const rates = new Rates(schedule, at(2), 3);
    expect(list(rates.next(1), 3)).toEqual([0.1, 0.1, 0.1]);
    expect(() => rates.next(2)).toThrow(
      new ArgumentError(
        `The schedule "asked" gave ${wrong} for epoch 3; a learning rate is a finite number, 0 or more.`,
      ),
    );
  });
});

describe("a schedule that follows the epochs", () => {
  const record = { epoch: 1, loss: 0.25, learningRate: 0.5, seconds: 1 };
  const follow: Schedule["follow"] = (state, { loss }) => [...((state as number[]) ?? []), loss];

  test("gets back what it remembered, which stays with the training", () => {
    const place = { ...at(0), scheduleState: undefined };
    const { calls, schedule } = asked({ follow });
    const rates = new Rates(schedule, place, 3);
    rates.follow(record, SCORES);
    rates.follow({ ...record, loss: 0.125 }, SCORES);
    new Rates(schedule, place, 3).next(1);
    expect(calls).toEqual([[0, 0.5, [0.25, 0.125]]]);
  });

  test("gets nothing of another's, or of itself with other options", () => {
    const place = { ...at(0), scheduleState: undefined };
    new Rates(asked({ follow }).schedule, place, 3).follow(record, SCORES);
    const { calls, schedule } = asked({ follow, config: { schedule: "asked", factor: 2 } });
    const rates = new Rates(schedule, place, 3);
    rates.next(1);
    rates.follow(record, SCORES);
    rates.next(1);
    expect(calls.map(([, , state]) => state)).toEqual([undefined, [0.25]]);
  });

  test("that follows nothing leaves what another remembers", () => {
    const place = { ...at(0), scheduleState: { of: "another", state: 1 } };
    new Rates(asked().schedule, place, 3).follow(record, SCORES);
    expect(place.scheduleState).toEqual({ of: "another", state: 1 });
  });
});
