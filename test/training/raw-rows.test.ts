import { Dataset, tableFromCsv, tableFromRecords } from "neuromotor/data";
import { afterAll, expect, test } from "vitest";
import {
  adam,
  crossValidate,
  decodeModel,
  dense,
  encodeModel,
  type FoldParts,
  meanSquaredError,
  openDevice,
  predictRows,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";

const device = await openDevice({ backend: "cpu" });
afterAll(() => device.dispose());

const count = (length: number) => Array.from({ length }, (_, i) => i);
const people = count(80).map((i) => ({
  id: i + 1,
  sex: i % 3 === 0 ? "male" : "female",
  age: i % 7 === 0 ? null : 20 + ((i * 13) % 40),
  born: `19${50 + (i % 40)}-03-01`,
  survived: i % 3 === 0 ? "no" : "yes",
}));
const table = tableFromRecords(people, { target: "survived" });
const { train, test: held, rows } = table.split({ test: 0.25, seed: 1 });

async function trained(outputs: number) {
  const model = sequential({ input: train.shape, seed: 1 }, [dense(8, { activation: "tanh" }), dense(outputs)]);
  const loss = outputs === 1 ? sigmoidCrossEntropy() : softmaxCrossEntropy();
  const trainer = new Trainer(model, { device, loss, optimizer: adam({ learningRate: 0.05 }) });
  await trainer.fit(train, { epochs: 20, batchSize: 16 });
  return trainer;
}

test.each([1, 2])(
  "a model of %i outputs takes raw rows: the bits of its features, whatever their order",
  async (outputs) => {
    const trainer = await trained(outputs);
    const raw = rows.test.map((row) => people[row]);
    const expected = (await trainer.predict(held)).values;
    expect((await trainer.predict(raw)).values).toEqual(expected);
    const others = raw.map(({ survived, ...rest }) => ({
      note: "more",
      ...Object.fromEntries(Object.entries(rest).reverse()),
    }));
    expect((await trainer.predict(others)).values).toEqual(expected);
    expect((await trainer.predict(tableFromRecords(raw))).values).toEqual(expected);

    const loaded = decodeModel(encodeModel(trainer.model, await trainer.training(false)));
    const again = new Trainer(loaded, { device });
    expect((await again.predict(others)).values).toEqual(expected);
    const { values, probabilities, classNames } = await predictRows(again, others, { probabilities: true });
    expect(classNames).toEqual(["no", "yes"]);
    expect(values).toEqual(raw.map(({ survived }) => survived));
    for (const [row, [no, yes]] of probabilities!.entries()) {
      expect(no + yes).toBeCloseTo(1, 6);
      expect(values[row]).toBe(yes > no ? "yes" : "no");
    }
    trainer.dispose();
    again.dispose();
  },
);

test("gaps, categories never seen and numbers far outside are predicted for and said", async () => {
  const trainer = await trained(1);
  const { values, warnings } = await predictRows(trainer, [
    { sex: "unknown", age: -9999, born: "2024-01-01" },
    { sex: "male", age: "?", born: null },
  ]);
  expect(values).toHaveLength(2);
  expect(warnings).toEqual([
    expect.stringMatching(/"age" \(\d+ to \d+\) has -9999 in 1 of them/),
    expect.stringMatching(/names that the training rows lack: "sex" is "unknown" in 1 of them/),
  ]);
  await expect(trainer.predict([{ sex: "male" }])).rejects.toThrow(
    /no column "age", "born", which the model learned from/,
  );
  trainer.dispose();
});

test("numbers are predicted in their own unit", async () => {
  const lines = count(60).map((i) => `${i * 0.5},"$${(1_700_000_000 + i * 3).toLocaleString("en-US")}"`);
  const prices = tableFromCsv(`x,price\n${lines.join("\n")}`, { target: "price" });
  const { train } = prices.split();
  const model = sequential({ input: [1], seed: 1 }, [dense(1)]);
  const trainer = new Trainer(model, { device, loss: meanSquaredError(), optimizer: adam({ learningRate: 0.05 }) });
  await trainer.fit(train, { epochs: 300, batchSize: 60 });
  const { values } = await predictRows(trainer, [{ x: 10 }]);
  expect(Math.abs((values[0] as number) - 1_700_000_060)).toBeLessThan(0.5);
  await expect(predictRows(trainer, [{ x: 1 }], { probabilities: true })).rejects.toThrow(/predicts numbers/);
  trainer.dispose();
});

test("a model that wasn't trained on a table says that it takes numbers", async () => {
  const model = sequential({ input: [2] }, [dense(2)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
  await expect(trainer.predict([{ a: 1 }])).rejects.toThrow(/keeps no preprocessing.*readTable/);
  await expect(predictRows(trainer, [{ a: 1 }])).rejects.toThrow(/keeps no preprocessing/);
  trainer.dispose();
});

test("a flat model takes images of its size, and the other way round", async () => {
  const flat = Dataset.from({ features: Float32Array.from(count(24)), shape: [12], labels: [0, 1] });
  const images = Dataset.from({ features: Float32Array.from(count(24)), shape: [2, 3, 2], labels: [0, 1] });
  const model = sequential({ input: [12], seed: 1 }, [dense(2)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
  expect(await trainer.evaluate(images)).toEqual(await trainer.evaluate(flat));
  expect((await trainer.predict(images)).values).toEqual((await trainer.predict(flat)).values);
  const other = Dataset.from({ features: Float32Array.from(count(24)), shape: [3, 8], labels: [0] });
  await expect(trainer.evaluate(other)).rejects.toThrow(/takes features \[rows, 12\]/);
  trainer.dispose();
});

test("cross-validation of a table fits its preprocessing for each fold", async () => {
  const means: number[] = [];
  const build = ({ train, validation, seed }: FoldParts) => {
    const place = train.featureNames!.indexOf("age");
    const ages = [...train.features].filter((_, i) => i % train.shape[0] === place);
    expect(Math.abs(ages.reduce((a, b) => a + b, 0) / train.rows)).toBeLessThan(1e-5);
    means.push(validation.features[place]);
    const network = sequential({ input: train.shape, seed }, [dense(1)]);
    return new Trainer(network, {
      device,
      loss: sigmoidCrossEntropy(),
      optimizer: adam({ learningRate: 0.1 }),
      metrics: ["accuracy"],
    });
  };
  const { folds, mean } = await crossValidate(table, build, { folds: 4, fit: { epochs: 10 } });
  expect(folds.map(({ rows }) => rows)).toEqual([20, 20, 20, 20]);
  expect(mean.accuracy).toBeGreaterThan(0.9);
  expect(new Set(means).size).toBeGreaterThan(1);
});

test("numbers of a program are what they are, where the table had decimal commas", async () => {
  const lines = count(40).map(
    (i) => `${(i / 8).toFixed(3).replace(".", ",")};${(i / 4 + 1).toFixed(2).replace(".", ",")}`,
  );
  const commas = tableFromCsv(["a;y", ...lines].join("\n"), { target: "y" });
  const { train: some } = commas.split({ test: 0.2, seed: 1 });
  const model = sequential({ input: some.shape, seed: 1 }, [dense(1)]);
  using trainer = new Trainer(model, { device, loss: meanSquaredError(), optimizer: adam({ learningRate: 0.1 }) });
  await trainer.fit(some, { epochs: 1 });
  const typed = await trainer.predict([{ a: 1.375 }, { a: 1.5 }, { a: 3 }]);
  const written = await trainer.predict([{ a: "1,375" }, { a: "1,5" }, { a: "3" }]);
  expect([...typed.values]).toEqual([...written.values]);
});

test("a word for neither yes nor no counts as a gap, and is said", async () => {
  const rows = count(40).map((i) => ({ size: i % 9, member: i % 3 ? "yes" : "no", kind: i % 2 ? "a" : "b" }));
  const own = tableFromRecords(rows, { target: "kind" });
  expect(own.columns.find(({ name }) => name === "member")?.kind).toBe("boolean");
  const { train } = own.split({ test: 0.25, seed: 1 });
  const model = sequential({ input: train.shape, seed: 1 }, [dense(2)]);
  using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
  await trainer.fit(train, { epochs: 1 });
  const known = await predictRows(trainer, [
    { size: 3, member: "No" },
    { size: 3, member: "NA" },
  ]);
  expect(known.warnings).toEqual([]);
  const { warnings } = await predictRows(trainer, [
    { size: 3, member: "perhaps" },
    { size: 3, member: "maybe" },
  ]);
  expect(warnings).toEqual([expect.stringContaining('"member" is "perhaps", "maybe" in 2 of them')]);
});
