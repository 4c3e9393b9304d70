import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/core/errors.js";
import { checkOptions, nearestName, type OptionNames } from "../../src/core/options.js";

interface Options {
  learningRate?: number;
  batchSize?: number;
  validation?: number;
}
const NAMES: OptionNames<Options> = { learningRate: true, batchSize: true, validation: true };
const check = (options: unknown) => checkOptions("fit", options as Options, NAMES);

describe("checkOptions", () => {
  test("takes known names, and none", () => {
    expect(() => check({ learningRate: 1, batchSize: 2 })).not.toThrow();
    expect(() => check({})).not.toThrow();
    expect(() => check(undefined)).not.toThrow();
  });

  test.each([
    ["batchsize", /Did you mean batchSize\?/],
    ["batch_size", /Did you mean batchSize\?/],
    ["bacthSize", /Did you mean batchSize\?/],
    ["lr", /Did you mean learningRate\?/],
    ["validationData", /Did you mean validation\?/],
    ["validationSplit", /Use data\.split\(\{ test, validation \}\) before it/],
    ["constructor", /Known are learningRate, batchSize, validation\.$/],
    ["zebra", /^fit: there is no option "zebra"\. Known are learningRate, batchSize, validation\.$/],
  ])("refuses %s", (name, message) => {
    expect(() => check({ [name]: 1 })).toThrow(ArgumentError);
    expect(() => check({ [name]: 1 })).toThrow(message);
  });

  test.each([
    [null, /got null/],
    [[], /got a list/],
    [7, /got number/],
    ["x", /got string/],
  ])("refuses %j in place of an object", (options, message) => {
    expect(() => check(options)).toThrow(ArgumentError);
    expect(() => check(options)).toThrow(message);
  });
});

test("a name is near by its letters, not by its case or underscores", () => {
  expect(nearestName("Learning_Rate", ["learningRate", "rate"])).toBe("learningRate");
  expect(nearestName("lraningRate", ["learningRate"])).toBe("learningRate");
  expect(nearestName("x", ["alpha", "beta"])).toBeUndefined();
});
