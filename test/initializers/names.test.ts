import { expect, test } from "vitest";
import { dense, randomNormal, sequential } from "../../src/index.js";

const weightsOf = (initializer: string) =>
  sequential({ input: [40], seed: 1 }, [dense(50, { initializer })])
    .parameters()
    .get("dense.weight")!.values;

test.each([
  ["xavier", "glorotUniform"],
  ["xavierUniform", "glorotUniform"],
  ["xavierNormal", "glorotNormal"],
  ["glorot", "glorotUniform"],
  ["he", "heNormal"],
  ["kaiming", "heNormal"],
  ["kaimingUniform", "heUniform"],
  ["kaimingNormal", "heNormal"],
  ["lecun", "lecunNormal"],
])("%s is %s, and saved as that", (author, name) => {
  expect(weightsOf(author)).toEqual(weightsOf(name));
  const [{ layer }] = sequential({ input: [2] }, [dense(2, { initializer: author })]).layers;
  expect(layer.config.initializer).toEqual({ initializer: name });
});

test("normal numbers need finite options", () => {
  expect(() => randomNormal({ deviation: -1 })).toThrow(/deviation of 0 or more, got 0 and -1/);
  expect(() => randomNormal({ mean: Number.NaN })).toThrow(/needs a finite mean/);
});
