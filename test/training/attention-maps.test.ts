import { describe, expect, test } from "vitest";
import {
  apply,
  attentionMaps,
  dense,
  embedding,
  input,
  meanSquaredError,
  model,
  multiHeadAttention,
  sequential,
  sgd,
  Trainer,
  tokenCrossEntropy,
  transformerBlock,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();
const tokens = Uint32Array.of(1, 2, 3, 4, 5, 0, 6, 1);

describe.each(BACKENDS)("attention maps on %s", (backend) => {
  test("of blocks: by name, each query's shares add up to 1, none of later places", async () => {
    const block = () => transformerBlock({ heads: 2, keyHeads: 1, causal: true, rotary: true });
    const network = sequential({ input: [4] }, [embedding(7, 8), block(), block(), dense(7)]);
    using trainer = new Trainer(network, { device: device(backend), loss: tokenCrossEntropy(), optimizer: sgd() });
    const maps = await attentionMaps(trainer, tokens);
    expect([...maps.keys()]).toEqual(
      ["transformerBlock", "transformerBlock_1"].map((name) => `${name}.multiHeadAttention`),
    );
    for (const { shape, values } of maps.values()) {
      expect(shape).toEqual([2, 2, 4, 4]);
      for (let query = 0; query < 16; query++) {
        const shares = [...values.subarray(4 * query, 4 * query + 4)];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
        for (const later of shares.slice((query % 4) + 1)) expect(later).toBe(0);
      }
    }
  });

  test("is what is multiplied with the values: one head, whose values are the inputs", async () => {
    const x = input([3, 2]);
    const network = model({ inputs: [x], outputs: apply(multiHeadAttention({ heads: 1 }), x), seed: 1 });
    const identity = [1, 0, 0, 1];
    const inWeight = Float32Array.of(0.5, 1, -1, 0.3, 1, 0, 0.2, -0.7, 0.4, 0.9, 0, 1); // q | k | v
    network.setParameters(
      new Map([
        ["multiHeadAttention.inWeight", { values: inWeight }],
        ["multiHeadAttention.outWeight", { values: Float32Array.from(identity) }],
      ]),
    );
    using trainer = new Trainer(network, { device: device(backend), loss: meanSquaredError(), optimizer: sgd() });
    const features = Float32Array.of(1, 2, -1, 0.5, 0.3, -2);
    const [{ values: shares }] = (await attentionMaps(trainer, features)).values();
    const { values } = await trainer.predict(features);
    for (let query = 0; query < 3; query++) {
      for (let c = 0; c < 2; c++) {
        const seen = [0, 1, 2].reduce((sum, key) => sum + shares[3 * query + key] * features[2 * key + c], 0);
        expect(values[2 * query + c]).toBeCloseTo(seen, 5);
      }
    }
  });
});

test("a model without attention has no maps", async () => {
  const network = sequential({ input: [2] }, [dense(1)]);
  using trainer = new Trainer(network, { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() });
  await expect(attentionMaps(trainer, [[1, 2]])).rejects.toThrow(/no attention.*multiHeadAttention/);
});
