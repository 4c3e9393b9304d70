import { describe, expect, test } from "vitest";
import { characters } from "../../src/data/index.js";
import {
  bidirectional,
  conv1d,
  dense,
  embedding,
  type GenerateOptions,
  generate,
  gru,
  type Layer,
  lstm,
  multiHeadAttention,
  positionalEmbedding,
  sequential,
  sgd,
  sinusoidal,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { useDevices } from "../devices/backends.js";

/* Models that can't write on, and sequences that don't come in parts. */

const TIME = 6;
const device = useDevices();
const trainerOf = (layers: Layer[], input = [TIME]) =>
  new Trainer(sequential({ input, seed: 1 }, layers), {
    device: device("cpu"),
    loss: softmaxCrossEntropy(),
    optimizer: sgd(),
  });
const over = (...layers: Layer[]) =>
  trainerOf([embedding(5, 4, { initializer: "glorotUniform" }), ...layers, dense(5)]);
const SHORT = { length: 2, seed: 1 };

describe("generate", () => {
  test.each([
    ["attention that isn't causal", multiHeadAttention({ heads: 2 })],
    ["both directions", bidirectional(gru(3, { returnSequences: true }))],
    ["a window around each place", conv1d(4, 3, { padding: "same" })],
  ])("refuses a model that sees later places: %s", async (_, layer) => {
    await expect(generate(over(layer), [1, 2], SHORT)).rejects.toThrow("the model sees later places of a sequence");
  });

  test.each([
    ["causal attention", multiHeadAttention({ heads: 2, causal: true })],
    ["one direction", lstm(3, { returnSequences: true })],
    ["a window of what was", conv1d(4, 3, { padding: [2, 0] })],
  ])("takes one that looks back: %s, and writes the same without what is kept", async (_, layer) => {
    const [kept, anew] = await Promise.all(
      [true, false].map((cached) => generate(over(layer), [1, 2], { length: 8, seed: 1, cached })),
    );
    expect(kept).toEqual(anew);
    expect(kept).toHaveLength(10);
  });

  test("of both directions, takes places to come as padding where the model has one", async () => {
    const trainer = trainerOf([
      embedding(5, 4, { padding: 3, initializer: "glorotUniform" }),
      bidirectional(gru(3, { returnSequences: true })),
      dense(5),
    ]);
    const written = await generate(trainer, [1, 2], { length: 1, temperature: 0 });
    const { values } = await trainer.predict(Uint32Array.of(1, 2, 3, 3, 3, 3));
    const logits = Array.from(values.subarray(5, 10));
    expect(written[2]).toBe(logits.indexOf(Math.max(...logits)));
  });

  test.each<[GenerateOptions, string]>([
    [{ seed: -1 }, "the seed must be a whole number"],
    [{ seed: "1" as never }, "the seed must be a whole number"],
    [{ temperature: "1" as never }, "temperature must be a finite number, 0 or more"],
    [{ temperature: null as never }, "temperature must be a finite number, 0 or more"],
    [{ topK: 0 }, "topK must be a positive integer"],
    [{ topK: null as never }, "topK must be a positive integer"],
    [{ topP: "0.5" as never }, "topP must be in (0, 1]"],
    [{ topP: 0 }, "topP must be in (0, 1]"],
    [{ onToken: 1 as never }, "a function for onToken"],
  ])("refuses %o", async (options, message) => {
    await expect(generate(over(), [1], options)).rejects.toThrow(message);
  });

  test.each([[null], [undefined], [7], [{}]])("refuses %o as a prompt", async (prompt) => {
    await expect(generate(over(), prompt as never)).rejects.toThrow("needs a prompt: a text, or a list of ids");
  });

  test("a text needs a tokenizer", async () => {
    await expect(generate(over(), "ab")).rejects.toThrow("keeps no tokenizer");
    const tokenizer = characters("abcde");
    expect(await generate(over(), "ab", { ...SHORT, tokenizer })).toHaveLength(4);
  });
});

test.each([
  ["multiHeadAttention", multiHeadAttention({ heads: 2, causal: true })],
  ["conv1d", conv1d(4, 2)],
  ["positionalEmbedding", positionalEmbedding(TIME)],
  ["sinusoidal", sinusoidal()],
])("sequences in parts are refused beside %s, which sees a part alone", async (kind, layer) => {
  const trainer = over(layer, gru(4, { returnSequences: true }));
  await expect(trainer.predict(new Uint32Array(TIME), { stateful: true })).rejects.toThrow(
    `${kind} "${kind}": sees a part of a sequence alone`,
  );
  await trainer.predict(new Uint32Array(TIME));
});

test("sequences in parts go on where each place is by itself", async () => {
  const trainer = over(conv1d(4, 1), gru(4, { returnSequences: true }));
  const { shape } = await trainer.predict(new Uint32Array(TIME), { stateful: true });
  expect(shape).toEqual([1, TIME, 5]);
});
