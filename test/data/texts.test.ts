import { tableFromRecords, textInput, tokens } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { Preprocessing } from "../../src/data/preprocessing/preprocessing.js";
import { tableFromCsv } from "../../src/data/table/build.js";
import { encodeModel } from "../../src/formats/model.js";
import {
  adam,
  apply,
  concatenate,
  dense,
  embedding,
  globalAveragePool1d,
  input,
  model,
  predictRows,
  sequential,
  sigmoidCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { loadPredictor } from "../../src/predict.js";
import { reviews, reviewsCsv } from "../reviews.js";

/* Columns of texts as sequences of tokens, from a table to predictions for raw rows. */

const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const few = [
  { text: "Good  good film", label: "a" },
  { text: "a Good day, a day", label: "b" },
  { text: "", label: "a" },
  { text: "never seen: good!", label: "b" },
];

describe("tokens", () => {
  const table = tableFromRecords(few, { target: "label", text: ["text"] });
  const rows = { train: [0, 1, 2], test: [3] };

  test("words in small letters by the training rows alone; once seen, unseen and absent ones", () => {
    const { train, test: held, preprocessing } = table.prepare(rows, { tokens: { length: 5 } });
    // good 3, a 2, day 2: ids 2, 3, 4; 1 for film and the comma, which they have once.
    expect([...train.features]).toEqual([2, 2, 1, 0, 0, 3, 2, 4, 1, 3, 0, 0, 0, 0, 0]);
    expect([...held!.features]).toEqual([1, 1, 1, 2, 1]);
    expect(train.featureNames).toEqual(["text 1", "text 2", "text 3", "text 4", "text 5"]);
    const { ids, length, longer, columns, tokenizer } = textInput(preprocessing)!;
    expect({ ids, length, longer, columns }).toEqual({ ids: 5, length: 5, longer: 1, columns: ["text"] });
    expect(tokenizer.decode([1, 2, 3])).toBe(" good a day");
    expect(
      textInput(tableFromRecords(few, { target: "label", categorical: ["text"] }).prepare(rows).preprocessing),
    ).toBe(undefined);
  });

  test("as long as 19 of 20 training rows, where nobody says", () => {
    const long = (row: number) => ({ text: "ab ".repeat(row === 0 ? 50 : 1 + (row % 4)), label: row % 2 });
    const { preprocessing } = tableFromRecords(count(0, 40).map(long), { target: "label", text: ["text"] }).prepare({
      train: count(0, 40),
    });
    expect(textInput(preprocessing)).toMatchObject({ length: 4, rows: 40, longer: 1 });
  });

  test.each([
    ["characters", [2, 3, 4]],
    ["bytes", [98, 99, 100]],
    ["bytePairs", [257]],
  ] as const)("%s", (tokenizer, ids) => {
    const letters = tableFromRecords(
      ["abc abc", "abc", "é"].map((text, i) => ({ text, label: i % 2 })),
      { target: "label", text: ["text"], classNames: ["0", "1"] },
    );
    const size = tokenizer === "bytePairs" ? { size: 258 } : {};
    const {
      train,
      test: held,
      preprocessing,
    } = letters.prepare({ train: [0, 1], test: [2] }, { tokens: { tokenizer, ...size, length: 3 } });
    const saved = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing)));
    expect(letters.dataset(saved, [0, 1]).features).toEqual(train.features);
    const { length } = ids;
    if (tokenizer === "bytePairs") expect(textInput(preprocessing)!.ids).toBe(259);
    else expect([...train.features.subarray(0, length)]).toEqual([...(tokenizer === "characters" ? [3, 4, 5] : ids)]);
    expect(held!.features[0], "é wasn't seen").toBe(tokenizer === "characters" ? 1 : 0xc3 + 1);
  });

  test("several columns are one sequence, a gap is nothing", () => {
    const rows = [
      { title: "Good", body: "a film", label: "x" },
      { title: undefined, body: "good a film", label: "y" },
    ];
    const { train } = tableFromRecords(rows, { target: "label", text: ["title", "body"] }).prepare({ train: [0, 1] });
    expect([...train.features]).toEqual([...train.features.subarray(0, 3), ...train.features.subarray(0, 3)]);
    expect(train.features.includes(0)).toBe(false);
  });

  test("what can't be is refused", () => {
    expect(() => tokens({ tokenizer: "letters" as never })).toThrow('must be "words", "characters"');
    expect(() => tokens({ tokenizer: "bytes", size: 300 })).toThrow("size is for words and bytePairs");
    expect(() => tokens({ size: 1 })).toThrow("2 or more");
    expect(() => tokens({ tokenizer: "bytePairs", size: 3 })).toThrow("256 or more, up to 65536");
    expect(() => tokens({ length: 0 })).toThrow("length must be a positive integer");
    const none = tableFromRecords(few, { target: "label", text: ["text"] });
    expect(() => none.prepare({ train: [2] })).toThrow('no training row has a text in "text"');
  });
});

describe("a table", () => {
  const csv = reviewsCsv(60, { stars: (row) => 1 + (row % 5), number: (row) => row });

  test("whose only columns are texts says how they are learned from", () => {
    expect(() => tableFromCsv(reviewsCsv(60), { target: "label" })).toThrow(
      /no column is left to learn from: "text" \(60 different texts.*name them: text: \["text"\]/,
    );
    expect(() => tableFromCsv(csv, { target: "label", features: ["text"] })).toThrow(
      'give text: ["text"], to learn from its words',
    );
    const table = tableFromCsv(csv, { target: "label", features: ["text"], text: ["text"] });
    expect(`${table}`).toMatch(/^text +text +feature +60 +texts, as was said$/m);
    expect(`${table}`).toMatch(/^stars +number +left out/m);
  });

  test.each([
    [{ text: ["label"] }, "can't be a text to learn from and something else"],
    [{ text: ["text"], ignore: ["text"] }, "can't be a text to learn from and something else"],
    [{ text: ["text"], categorical: ["text"] }, "can't be both text and categorical"],
    [{ text: ["stars"], numeric: ["stars"] }, "can't be both text and numeric"],
    [{ text: ["txt"] }, 'no column "txt", which text names. Did you mean "text"?'],
  ])("%o is refused", (options, message) => {
    expect(() => tableFromCsv(csv, { target: "label", ...options })).toThrow(message);
  });

  test("texts beside other features are inputs of their own, or refused", async () => {
    const table = tableFromCsv(csv, { target: "label", text: ["text"], ignore: ["number"] });
    expect(() => table.split()).toThrow(/Texts are sequences of ids.*"stars".*features: \["text"\].*pipeline: \{/s);
    const review = [{ columns: ["text"], steps: [tokens({ length: 16 })] }];
    const others = tableFromCsv(csv, { target: "label", features: ["stars"] }).pipeline();
    const { train, preprocessing } = table.prepare({ train: count(0, 60) }, { pipeline: { review, others } });
    expect(train.inputs).toEqual([
      { name: "review", shape: [16] },
      { name: "others", shape: [1] },
    ]);
    const { ids } = textInput(preprocessing, "review")!;
    // The model has them the other way round: names say which is which.
    const [stars, words] = [input([1], { name: "others" }), input([16], { name: "review" })];
    const read = apply(globalAveragePool1d(), apply(embedding(ids, 8, { padding: 0 }), words));
    const net = model({ inputs: [stars, words], outputs: apply(dense(1), apply(concatenate(), stars, read)), seed: 1 });
    const device = await openDevice({ backend: "wasm" });
    const trainer = new Trainer(net, {
      device,
      loss: sigmoidCrossEntropy(),
      optimizer: adam({ learningRate: 0.03 }),
      metrics: ["accuracy"],
    });
    await trainer.fit(train, { epochs: 30 });
    expect((await trainer.evaluate(train)).accuracy).toBe(1);
    const { values } = await predictRows(trainer, [
      { stars: 3, text: "Wonderful, wonderful" },
      { stars: 3, text: "Dreadful, dreadful" },
    ]);
    expect(values).toEqual(["good", "bad"]);
    await expect(predictRows(trainer, [{ stars: 3 }])).rejects.toThrow('no column "text"');
    trainer.dispose();
    device.dispose();
  });
});

test("a model of reviews predicts for raw rows, gaps among them, after it was saved", async () => {
  const {
    train,
    test: held,
    preprocessing,
  } = tableFromRecords(reviews(60), { target: "label", text: ["text"] }).split({
    test: 0.25,
    seed: 1,
  });
  const { ids, length } = textInput(preprocessing)!;
  const net = sequential({ input: [length], seed: 1 }, [
    embedding(ids, 16, { padding: 0 }),
    globalAveragePool1d(),
    dense(1),
  ]);
  const device = await openDevice({ backend: "cpu" });
  const trainer = new Trainer(net, {
    device,
    loss: sigmoidCrossEntropy(),
    optimizer: adam({ learningRate: 0.03 }),
    metrics: ["accuracy"],
  });
  await trainer.fit(train, { epochs: 40, batchSize: 16 });
  expect((await trainer.evaluate(held!)).accuracy).toBeGreaterThan(0.9);
  const rows = [{ text: "a DREADFUL play" }, { text: null }, { text: "Wholly unheard things", other: 1 }];
  const said = await predictRows(trainer, rows, { probabilities: true });
  expect(said.values[0]).toBe("bad");
  // Nothing at all is what the bias alone says; words that weren't seen are all the same one.
  const bias = net.parameters().get("dense.bias")!.values[0];
  expect(said.probabilities![1][1]).toBeCloseTo(1 / (1 + Math.exp(-bias)), 6);
  const other = await predictRows(trainer, [{ text: "zyx" }], { probabilities: true });
  expect(said.probabilities![2]).toEqual(other.probabilities![0]);
  const predictor = await loadPredictor(encodeModel(net, await trainer.training(false)), { device });
  expect((await predictRows(predictor, rows)).values).toEqual(said.values);
  predictor.dispose();
  trainer.dispose();
  device.dispose();
});
