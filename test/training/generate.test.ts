// @module-tag slow
import { describe, expect, test } from "vitest";
import { bytes, characters, tokenDataset } from "../../src/data/index.js";
import {
  adam,
  decodeModel,
  dense,
  embedding,
  encodeModel,
  generate,
  gru,
  lstm,
  multiHeadAttention,
  positionalEmbedding,
  recurrent,
  residual,
  sequential,
  sinusoidal,
  softmaxCrossEntropy,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { ownCells } from "../layers/own-cells.js";

const TEXT = "the cat sat on the mat, the dog ran to the cat. ".repeat(4);
const tokenizer = characters(TEXT);
const device = useDevices();

const networks = {
  "a GRU": () =>
    sequential({ input: [8], seed: 1 }, [
      embedding(tokenizer.size, 8),
      gru(16, { returnSequences: true }),
      dense(tokenizer.size),
    ]),
  "a transformer": () =>
    sequential({ input: [8], seed: 1 }, [
      embedding(tokenizer.size, 8),
      positionalEmbedding(8),
      transformerBlock({ heads: 2, causal: true, units: 16 }),
      dense(tokenizer.size),
    ]),
};

describe.each(Object.entries(networks))("%s that writes text", (_, network) => {
  test("learns, and writes the same on every backend, also once it was saved", async () => {
    const data = tokenDataset(tokenizer.encode(TEXT), { length: 8, stride: 3 });
    const texts: string[] = [];
    for (const backend of BACKENDS) {
      const model = network();
      model.metadata.tokenizer = tokenizer.toJSON();
      const [loss, optimizer] = [softmaxCrossEntropy(), adam({ learningRate: 0.02 })];
      using trainer = new Trainer(model, { device: device(backend), loss, optimizer, metrics: ["accuracy"] });
      const before = await trainer.evaluate(data);
      await trainer.fit(data, { epochs: 6, batchSize: 8 });
      expect((await trainer.evaluate(data)).loss).toBeLessThan(before.loss * 0.75);
      const options = { length: 12, temperature: 0.5, topK: 5, topP: 0.95, seed: 3 };
      const told: (string | number)[] = [];
      const text = await generate(trainer, "the ", { ...options, onToken: (token) => told.push(token) });
      expect(text).toBe(`the ${told.join("")}`);
      expect(text).toHaveLength(16);
      const ids = await generate(trainer, tokenizer.encode("the "), options);
      expect(tokenizer.decode(ids)).toBe(text);
      const saved = decodeModel(encodeModel(model, await trainer.training(false)));
      using again = new Trainer(saved, { device: device(backend) });
      expect(await generate(again, "the ", options)).toBe(text);
      texts.push(await generate(trainer, "the cat", { length: 4, temperature: 0 }));
    }
    expect(new Set(texts).size).toBe(1);
  });
});

describe.each(BACKENDS)("states, keys and values kept on the device, on %s", (backend) => {
  const known = tokenizer.size;
  test.each([
    ["GRU and LSTM", () => [gru(6, { returnSequences: true }), lstm(5, { returnSequences: true })]],
    ["cells of one's own", () => [recurrent(6, ownCells.lstm, { returnSequences: true })]],
    ["positions and attention", () => [positionalEmbedding(8), transformerBlock({ heads: 2, causal: true, units: 6 })]],
    [
      "positions and grouped keys",
      () => [positionalEmbedding(8), multiHeadAttention({ heads: 4, keyHeads: 2, causal: true })],
    ],
    ["rotary attention, in passes", () => [multiHeadAttention({ heads: 2, causal: true, rotary: true })]],
    ["waves and a residual", () => [sinusoidal(), residual([transformerBlock({ heads: 1, causal: true, units: 6 })])]],
  ] as const)("%s: the text is the one without, also past the context", async (_, layers) => {
    const of = (context: number) =>
      sequential({ input: [context], seed: 3 }, [embedding(known, 8), ...layers(), dense(known)]);
    const trainer = (model: ReturnType<typeof of>) =>
      new Trainer(model, { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() });
    using short = trainer(of(8));
    const options = { length: 12, temperature: 2, seed: 5, tokenizer };
    const text = await generate(short, "the", options);
    const isRecurrent = short.model.layers.some(({ layer }) => ["gru", "recurrent"].includes(layer.config.layer));
    // Recurrent layers remember what stands before the context: as a model does that sees all of it.
    using whole = trainer(isRecurrent ? of(16) : of(8));
    whole.model.setParameters(short.model.parameters());
    expect(text).toBe(await generate(whole, "the", { ...options, cached: false }));
    const pieces: string[] = [];
    for await (const piece of generate(short, "the", options)) pieces.push(piece);
    expect(`the${pieces.join("")}`).toBe(text);
  });
});

test("a saved model turns queries and keys by their places as before", () => {
  const model = sequential({ input: [4, 4] }, [multiHeadAttention({ heads: 2, rotary: true })]);
  expect(decodeModel(encodeModel(model)).layers[0].layer.config).toMatchObject({ rotary: true });
});

test("leaving the loop ends the writing; an error is thrown in it", async () => {
  const model = networks["a GRU"]();
  using trainer = new Trainer(model, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  const told: unknown[] = [];
  const options = { length: 1000, tokenizer, onToken: (token: unknown) => told.push(token) };
  for await (const piece of generate(trainer, "the", options)) {
    expect(piece).toHaveLength(1);
    if (told.length >= 3) break;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told.length).toBeLessThan(100);
  const refused = async () => {
    for await (const _ of generate(trainer, "the", { topP: 0, tokenizer })) expect.fail("a token");
  };
  await expect(refused()).rejects.toThrow("topP must be in (0, 1]");
});

test("bytes of a character are told once it is whole", async () => {
  const text = "žluťoučký kůň ".repeat(12);
  const ids = bytes();
  const model = sequential({ input: [12], seed: 1 }, [
    embedding(256, 12),
    gru(24, { returnSequences: true }),
    dense(256),
  ]);
  const [loss, optimizer] = [softmaxCrossEntropy(), adam({ learningRate: 0.02 })];
  using trainer = new Trainer(model, { device: device("wasm"), loss, optimizer });
  await trainer.fit(tokenDataset(ids.encode(text), { length: 12, stride: 1 }), { epochs: 25, batchSize: 16 });
  const pieces: string[] = [];
  const whole = generate(trainer, "ž", { length: 10, temperature: 0, tokenizer: ids });
  for await (const piece of whole) pieces.push(piece);
  expect(`ž${pieces.join("")}`).toBe(await whole);
  expect(pieces.slice(0, 3)).toEqual(["l", "u", "ť"]);
});

test("rows of tokens, and the token after each", () => {
  const data = tokenDataset(Uint32Array.of(3, 1, 4, 1, 5, 9, 2), { length: 3, stride: 2 });
  expect(Array.from(data.features)).toEqual([3, 1, 4, 4, 1, 5]);
  expect(Array.from(data.labels)).toEqual([1, 4, 1, 1, 5, 9]);
  expect(() => tokenDataset(Uint32Array.of(1, 2), { length: 2 })).toThrow("2 tokens are too few for a row of 2");
});

test("prompts and options that don't fit", async () => {
  const optimizer = adam();
  const of = (model: ReturnType<typeof sequential>) =>
    new Trainer(model, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer });
  const trainer = of(networks["a GRU"]());
  await expect(generate(trainer, "the")).rejects.toThrow("the model keeps no tokenizer");
  await expect(generate(trainer, "", { tokenizer })).rejects.toThrow("the prompt is empty");
  await expect(generate(trainer, [99])).rejects.toThrow(`knows the ids 0 to ${tokenizer.size - 1}, got 99`);
  await expect(generate(trainer, [1], { temperature: -1 })).rejects.toThrow(
    "temperature must be a finite number, 0 or more",
  );
  await expect(generate(trainer, [1], { topP: 0 })).rejects.toThrow("topP must be in (0, 1]");
  const last = of(sequential({ input: [4] }, [embedding(5, 2), gru(3), dense(5)]));
  await expect(generate(last, [1, 2])).rejects.toThrow("goes on from 4 tokens, the prompt has 2");
  expect(await generate(last, [1, 2, 3, 4], { length: 2 })).toHaveLength(6);
  await expect(generate(of(sequential({ input: [2, 2] }, [dense(3)])), [1])).rejects.toThrow("must take ids [time]");
});
