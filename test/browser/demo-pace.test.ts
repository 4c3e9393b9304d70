import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FramePace } from "../../demo/engine/frame-pace.js";
import { Pace } from "../../demo/engine/pace.js";

// On a clock that stands still but where a test moves it: nothing is timed.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

/** Frames of three seconds. @param between - milliseconds between two moments at which one can be sent */
function framesOf({ between, takes, drawnAfter }: { between: number; takes: number; drawnAfter: number }): number {
  const pace = new FramePace();
  const end = performance.now() + 3000;
  let [frames, drawn] = [0, Number.POSITIVE_INFINITY];
  while (performance.now() < end) {
    pass(between);
    if (performance.now() >= drawn) pace.drawn();
    if (!pace.isDue) continue;
    const began = performance.now();
    pass(takes);
    pace.sent(began);
    drawn = performance.now() + drawnAfter;
    frames++;
  }
  return frames;
}

test.each([
  { between: 1, takes: 1, drawnAfter: 17 },
  { between: 8, takes: 1, drawnAfter: 17 },
  { between: 13, takes: 4, drawnAfter: 12 },
  { between: 15, takes: 1, drawnAfter: 17 },
])("thirty frames a second and few more, with $between ms of steps and $takes ms of a frame", (times) => {
  const frames = framesOf(times);
  expect(frames).toBeGreaterThanOrEqual(90);
  expect(frames).toBeLessThanOrEqual(96);
});

test("no frame comes before the last one was drawn, and frames that take long leave two thirds to the training", () => {
  expect(framesOf({ between: 1, takes: 1, drawnAfter: Number.POSITIVE_INFINITY })).toBe(1);
  expect(framesOf({ between: 1, takes: 1, drawnAfter: 99 })).toBe(30);
  expect(framesOf({ between: 10, takes: 50, drawnAfter: 1 })).toBe(20);
});

/** Steps at a time that a training comes to. @param cost - milliseconds of a step @param over - and of so many at a time */
function stepsAtATime(cost: number, over: number, perEpoch: number): { steps: number; changes: number } {
  const pace = new Pace();
  pace.begin(perEpoch, true);
  let [step, changes] = [0, 0];
  pace.leave(step);
  for (let i = 0; i < 200; i++) {
    const every = pace.stepsAtATime;
    step += every;
    pass(cost * every + over);
    // Now and then one is much longer: an epoch's end, or another program's turn.
    if (i % 10 === 9) pass(500);
    if (pace.arrive(step)) {
      changes++;
      pace.begin(perEpoch, true);
    }
    pass(20); // a frame
    pace.leave(step);
  }
  return { steps: pace.stepsAtATime, changes };
}

test.each([
  { cost: 0.02, over: 0.3, perEpoch: 40, steps: 40 },
  { cost: 2, over: 0.1, perEpoch: 900, steps: 4 },
  { cost: 0.01, over: 3, perEpoch: 10_000, steps: 3 },
  { cost: 36, over: 1, perEpoch: 900, steps: 1 },
])("steps of $cost ms go $steps at a time, and a long one changes nothing", ({ cost, over, perEpoch, steps }) => {
  const found = stepsAtATime(cost, over, perEpoch);
  expect(found.changes).toBeLessThanOrEqual(5);
  expect(found.steps).toBeGreaterThanOrEqual(Math.min(steps, perEpoch));
  const taken = cost * found.steps + over;
  expect(taken <= 16 || found.steps === 1).toBe(true);
});

test("steps that are for watching come one by one at the speed that was chosen, others as they can", () => {
  const pace = new Pace();
  pace.wanted = 30;
  pace.begin(40, true);
  pace.leave(0);
  for (let step = 1; step < 5; step++) {
    expect(pace.arrive(step)).toBe(false);
    pace.leave(step);
  }
  expect(pace.stepsAtATime).toBe(1);
  pace.begin(40, false);
  pace.leave(4);
  expect(pace.arrive(5)).toBe(false);
  pace.leave(5);
  expect(pace.arrive(6)).toBe(true);
  expect(pace.stepsAtATime).toBe(40);
});
