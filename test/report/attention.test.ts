import { expect, test } from "vitest";
import { characters, tokenDataset } from "../../src/data/index.js";
import {
  adam,
  dense,
  embedding,
  gru,
  sequential,
  softmaxCrossEntropy,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { describeRun, report } from "../../src/report/index.js";
import { useDevices } from "../devices/backends.js";

/* Pictures of where the places of a text look, in the report of its training. */

const device = useDevices();
const text = "how much wood would a woodchuck chuck\n".repeat(9);
const tokenizer = characters(text);
const CONTEXT = 30;
const data = tokenDataset(tokenizer.encode(text), { length: CONTEXT, stride: 5 });

async function describe(layer: ReturnType<typeof gru>) {
  const layers = [embedding(tokenizer.size, 16), layer, dense(tokenizer.size)];
  const loss = softmaxCrossEntropy();
  using trainer = new Trainer(sequential({ input: [CONTEXT], seed: 1 }, layers), {
    ...{ device: device("wasm"), loss, optimizer: adam(), metrics: ["accuracy", "perplexity"] },
  });
  const history = await trainer.fit(data, { epochs: 1 });
  return await describeRun(trainer, { name: "wood", history, train: data, text: { tokenizer } });
}

test("each head has a picture, told in words too, and the page stays small", async () => {
  const run = await describe(transformerBlock({ heads: 16, causal: true }));
  const { tokens, maps } = run.text!.attention!;
  expect(tokens.join("")).toBe(text.slice(0, 24));
  expect(maps).toHaveLength(16);
  for (const { shares } of maps) {
    for (let query = 0; query < 24; query++) {
      const own = shares.slice(query * 24, (query + 1) * 24);
      expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1);
      expect(own.slice(query + 1).every((share) => share === 0)).toBe(true); // none sees what comes after it
    }
  }
  for (const [language, title, alt] of [
    [
      "en",
      "Where it looks",
      /alt="transformerBlock.multiHeadAttention, head 16: of what the last place, &quot;.&quot;, sees/,
    ],
    [
      "es",
      "Adónde mira",
      /alt="transformerBlock.multiHeadAttention, cabeza 16: de lo que ve el último lugar, &quot;.&quot;/,
    ],
  ] as const) {
    const page = await report(run, { language });
    expect(page).toContain(title);
    expect(page).toMatch(alt);
    expect(page.length).toBeLessThan(150_000);
  }
});

test("a model without attention has none", async () => {
  const run = await describe(gru(8, { returnSequences: true }));
  expect(run.text!.attention).toBeUndefined();
  expect(await report(run)).not.toContain("Where it looks");
});
