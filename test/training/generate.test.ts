// @module-tag slow
import { describe, expect, test } from "vitest";
import { bytes, characters, tokenDataset, tokenizerFromJson } from "../../src/data/index.js";
import {
  adam,
  decodeModel,
  dense,
  embedding,
  encodeModel,
  generate,
  gru,
  positionalEmbedding,
  sequential,
  softmaxCrossEntropy,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

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

test("tokenizers give texts back, also from JSON, and refuse the unknown", () => {
  for (const each of [tokenizer, bytes()]) {
    const again = tokenizerFromJson(JSON.parse(JSON.stringify(each)));
    expect(again.decode(again.encode("the mat"))).toBe("the mat");
    expect(again.size).toBe(each.size);
  }
  expect(bytes().decode(bytes().encode("žluťoučký"))).toBe("žluťoučký");
  expect(() => tokenizer.encode("the Cat")).toThrow('"C", character 4 of the text, isn\'t among the ');
  expect(() => tokenizer.decode([99])).toThrow(`ids are whole numbers from 0 to ${tokenizer.size - 1}, got 99`);
  expect(() => characters("")).toThrow("needs the text");
  expect(() => tokenizerFromJson({ tokenizer: "words" } as never)).toThrow("tokenizerFromJson: needs");
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
    "temperature must be a number of 0 or more",
  );
  await expect(generate(trainer, [1], { topP: 0 })).rejects.toThrow("topP must be in (0, 1]");
  const last = of(sequential({ input: [4] }, [embedding(5, 2), gru(3), dense(5)]));
  await expect(generate(last, [1, 2])).rejects.toThrow("goes on from 4 tokens, the prompt has 2");
  expect(await generate(last, [1, 2, 3, 4], { length: 2 })).toHaveLength(6);
  await expect(generate(of(sequential({ input: [2, 2] }, [dense(3)])), [1])).rejects.toThrow("must take ids [time]");
});
