import { expect, test } from "vitest";
import { ArgumentError, decodeModel, dense, encodeModel, randomUniform, sequential } from "../../src/index.js";
import { toInitializer } from "../../src/initializers/index.js";

const weightsOf = (initializer: Parameters<typeof toInitializer>[0], seed = 1) =>
  sequential({ input: [40], seed }, [dense(50, { initializer: toInitializer(initializer) })])
    .parameters()
    .get("dense.weight")!.values;

test.each([
  ["randomUniform", 0, 1],
  [randomUniform(), 0, 1],
  [randomUniform({ minimum: -3, maximum: -1 }), -3, -1],
] as const)("%j draws between its bounds, as often everywhere", (initializer, minimum, maximum) => {
  const values = weightsOf(initializer);
  const shares = Array.from(values, (value) => (value - minimum) / (maximum - minimum));
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  const perTenth = Array.from({ length: 10 }, (_, i) => shares.filter((share) => Math.floor(10 * share) === i).length);
  // 200 are expected in each; the deviation is 13.4.
  for (const count of perTenth) expect(Math.abs(count - 200)).toBeLessThan(5 * 13.4);
  expect(weightsOf(initializer)).toEqual(values);
  expect(weightsOf(initializer, 2)).not.toEqual(values);
});

test("its bounds are saved with a model", () => {
  const initializer = randomUniform({ minimum: 0, maximum: 2 });
  const model = sequential({ input: [2] }, [dense(2, { initializer })]);
  const loaded = decodeModel(encodeModel(model));
  expect(loaded.layers[0].layer.config).toEqual(model.layers[0].layer.config);
  expect(toInitializer(initializer.config).config).toEqual(initializer.config);
});

test.each([{ minimum: 1 }, { minimum: 2, maximum: 1 }, { maximum: Number.POSITIVE_INFINITY }, { minimum: Number.NaN }])(
  "%j is refused",
  (bounds) => {
    expect(() => randomUniform(bounds)).toThrow(ArgumentError);
  },
);
