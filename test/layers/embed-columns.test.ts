import { expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  decodeModel,
  dense,
  embedColumns,
  encodeModel,
  meanSquaredError,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();
const columns = [
  { column: 1, ids: 3, features: 2 },
  { column: 2, ids: 2, features: 1 },
];

test.each(BACKENDS)("vectors of ids beside the other columns, on %s", async (backend) => {
  const model = sequential({ input: [4], seed: 1 }, [embedColumns(columns)]);
  const weights = [
    [1, 2, 3, 4, 5, 6],
    [7, 8],
  ];
  model.setParameters(
    new Map([
      ["embedColumns.weight", { values: weights[0] }],
      ["embedColumns.weight_1", { values: weights[1] }],
    ]),
  );
  const setup = { device: device(backend), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.5 }) };
  using trainer = new Trainer(model, setup);
  const features = [
    [0.5, 2, 0, -1],
    [1.5, 0, 1, -2],
  ];
  const { shape, values } = await trainer.predict(features);
  expect(shape).toEqual([2, 5]);
  expect([...values]).toEqual([0.5, -1, 5, 6, 7, 1.5, -2, 1, 2, 8]);
  // The slope of the mean over 10 numbers is (y - t) / 5; ids that don't occur keep their vectors.
  const labels = [...values].map((value, i) => (i % 5 === 3 ? value - 5 : value));
  await trainer.fit(Dataset.from({ features, labels: [labels.slice(0, 5), labels.slice(5)] }), {
    epochs: 1,
    batchSize: 2,
  });
  const after = [...(model.parameters().get("embedColumns.weight")?.values ?? [])];
  [1, 1.5, 3, 4, 5, 5.5].forEach((value, i) => {
    expect(after[i]).toBeCloseTo(value, 5);
  });
});

test("its saved form, and what doesn't fit", () => {
  const model = sequential({ input: [4], seed: 1 }, [embedColumns(columns), dense(1)]);
  expect(decodeModel(encodeModel(model)).layers[0].layer.config).toMatchObject({ layer: "embedColumns", columns });
  expect(() => embedColumns([])).toThrow("needs columns");
  expect(() => embedColumns([{ column: -1, ids: 2, features: 1 }])).toThrow("column must be a whole number from 0");
  expect(() => embedColumns([columns[0], columns[0]])).toThrow("a column is named twice");
  expect(() => sequential({ input: [2] }, [embedColumns(columns)])).toThrow(
    "[batch, columns] with a column 2, got [batch, 2]",
  );
});
