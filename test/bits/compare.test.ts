import { describe, expect, test } from "vitest";
import * as data from "../../src/data/index.js";
import * as library from "../../src/index.js";
import * as node from "../../src/node.js";
import type { Api } from "./api.js";
import { cases } from "./cases.js";
import { ACTIVATIONS } from "./cases-training.js";
import { firstDifference } from "./compare.js";
import { judge } from "./judge.js";
import { type Numbers, train } from "./train.js";

const api: Api = { ...library, ...data, ...node };

async function trained(): Promise<Numbers> {
  const device = await api.openDevice({ backend: "cpu" });
  const { make } = cases.find(({ name }) => name.startsWith("max norm of adam"))!;
  const numbers = await train(make(api), api, device);
  device.dispose();
  return numbers;
}

/** The same numbers but for the lowest bit of one. */
function flipped(numbers: Numbers, name: string, place: number): Numbers {
  const values = numbers[name].slice();
  new Uint8Array(values.buffer)[place * values.BYTES_PER_ELEMENT] ^= 1;
  return { ...numbers, [name]: values };
}

describe("a training is compared", async () => {
  const first = await trained();

  test("with one that is the same, and nothing differs", async () => {
    expect(firstDifference(await trained(), first)).toBeUndefined();
  });

  test("and holds the losses of all steps, records, parameters, evaluation and predictions", () => {
    const parameters = ["dense.weight", "dense.bias", "dense_1.weight", "dense_1.bias"];
    const records = [1, 2, 3, 4].map((epoch) => `record of epoch ${epoch}`);
    expect(Object.keys(first)).toEqual(["loss of step", ...records, ...parameters, "evaluation", "predictions"]);
    expect(first["loss of step"]).toHaveLength(4 * 3);
    expect(first["record of epoch 1"]).toHaveLength(2); // loss and rate
  });

  test.each([
    ["loss of step", 5],
    ["dense_1.weight", 17],
    ["record of epoch 3", 1],
    ["predictions", 0],
  ])("and one flipped bit of %s %i is found", (name, place) => {
    const verdict = judge({ numbers: flipped(first, name, place) }, { numbers: first }, false);
    expect(verdict.mark).toBe("DIFF");
    expect(verdict.text).toMatch(new RegExp(`^${name} ${place}: .*; 1 of ${first[name].length} differ$`));
  });

  test("step before parameter, where both differ", () => {
    const twice = flipped(flipped(first, "dense.weight", 0), "loss of step", 3);
    expect(firstDifference(twice, first)).toMatch(/^loss of step 3: /);
  });
});

test.each([
  ["zeros of either sign", [0], [-0]],
  ["NaN and a number", [Number.NaN], [1]],
  ["another length", [1, 2], [1]],
])("%s differ", (_, a, b) => {
  expect(firstDifference({ x: Float32Array.from(a) }, { x: Float32Array.from(b) })).toMatch(/^x/);
});

test("numbers that one of them lacks are a difference", () => {
  const x = Float32Array.of(1);
  expect(firstDifference({ x }, {})).toBe("x: only in this checkout");
  expect(firstDifference({}, { x })).toBe("x: only in the other checkout");
});

describe("outcomes are judged", () => {
  const numbers = (submits: number) => ({ numbers: { submits: Float64Array.of(submits) } });

  test.each([
    ["a failure", { failed: "Error: x" }, numbers(1), "FAIL"],
    ["a failure of the other", numbers(1), { failed: "Error: x" }, "FAIL"],
    ["a failure of both", { failed: "Error: x" }, { failed: "Error: x" }, "FAIL"],
    ["a name that the other has", { missing: "lion" }, numbers(1), "FAIL"],
    ["a name that the other lacks", numbers(1), { missing: "lion" }, "-"],
    ["a kernel that has no adapter here", { missing: "f16" }, { missing: "f16" }, "-"],
  ] as const)("%s", (_, mine, other, mark) => {
    expect(judge(mine, other, false).mark).toBe(mark);
  });

  test.each([
    [3, 3, "="],
    [2, 3, "fewer"],
    [4, 3, "DIFF"],
  ])("%i submits against %i: %s", (mine, other, mark) => {
    expect(judge(numbers(mine), numbers(other), true).mark).toBe(mark);
  });

  test("a count that the other lacks is a difference", () => {
    expect(judge(numbers(1), { numbers: {} }, true).mark).toBe("DIFF");
  });
});

test("the trainings use every optimizer, loss, schedule, gradient rule and activation", () => {
  const made = cases.map(({ make }) => make(api));
  const configs = JSON.stringify(
    made.map(({ setup }) => [setup.loss, setup.optimizer, setup.schedule, setup.gradients]),
  );
  const { optimizerNames, lossNames, scheduleNames } = api;
  const rules = [
    "clipByValue",
    "clipByGlobalNorm",
    "l1Penalty",
    "l2Penalty",
    "maxNorm",
    "movingAverage",
    "parameterGroups",
  ];
  for (const name of [...optimizerNames, ...lossNames, ...scheduleNames, ...rules]) expect(configs).toMatch(`"${name}`);
  expect([...ACTIVATIONS].sort()).toEqual(
    Object.keys(api.activations)
      .filter((name) => name !== "linear")
      .sort(),
  );
  expect(made.length).toBeGreaterThanOrEqual(16);
});
