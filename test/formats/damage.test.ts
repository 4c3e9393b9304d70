import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32c } from "../../src/core/crc.js";
import { iris } from "../../src/data/index.js";
import {
  adam,
  decodeModel,
  dense,
  earlyStopping,
  encodeModel,
  type ModelFiles,
  reduceOnPlateau,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { loadModel, openDevice, saveModel } from "../../src/node.js";

/** A checkpoint with everything that one can hold. */
async function checkpointFiles(): Promise<ModelFiles> {
  const device = await openDevice({ backend: "cpu" });
  const model = sequential({ input: [4], seed: 5 }, [dense(3, { activation: "tanh" }), dense(3)]);
  model.metadata = {
    names: ["a", "b"],
    checksums: { json: "12345678" },
    nested: { text: 'ç "checksums": {"json": "0"}' },
  };
  using trainer = new Trainer(model, {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    schedule: reduceOnPlateau(),
  });
  let files: ModelFiles | undefined;
  const save = {
    async afterEpoch() {
      await trainer.sync();
      files = encodeModel(model, await trainer.training(true));
    },
  };
  await trainer.fit(await iris(), { epochs: 2, callbacks: [earlyStopping(), save] });
  device.dispose();
  return files!;
}

const files = await checkpointFiles();
const json = new TextEncoder().encode(files.json);
const decode = (json: Uint8Array, safetensors: Uint8Array) =>
  decodeModel({ json: new TextDecoder().decode(json), safetensors: new Uint8Array(safetensors) }, "mine");

/** Damages one of the files. */
function damaged(file: keyof ModelFiles, change: (bytes: Uint8Array) => Uint8Array) {
  const copy = { json: json.slice(), safetensors: files.safetensors.slice() };
  copy[file] = change(copy[file]) as Uint8Array<ArrayBuffer>;
  return () => decode(copy.json, copy.safetensors);
}
const isFormatError = expect.objectContaining({
  name: "FormatError",
  message: expect.stringMatching(/^mine: \S.{10,}/),
});

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
test.each<[string, Uint8Array, number]>([
  ["nothing", new Uint8Array(), 0],
  ["123456789", new TextEncoder().encode("123456789"), 0xe3069283],
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ["31 to 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
])("CRC-32C of %s", (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test("the whole is read: state, kept copy, run", () => {
  const { training } = decode(json, files.safetensors);
  expect(training).toMatchObject({
    epoch: 2,
    scheduleState: { state: { reductions: 0 } },
    run: { rows: 150, stopped: false },
  });
  expect(training!.run!.callbacks).toEqual([{ name: "earlyStopping", state: expect.objectContaining({ waited: 0 }) }]);
  expect([...training!.state!.keys()]).toEqual([...training!.kept!.keys()].map((name) => `optimizer.${name}`));
});

describe("damage is a FormatError each time", () => {
  for (const file of ["json", "safetensors"] as const) {
    const length = file === "json" ? json.length : files.safetensors.length;

    test(`${file}: every single bit of ${length} bytes, flipped`, () => {
      for (let bit = 0; bit < length * 8; bit++) {
        const flip = damaged(file, (bytes) => {
          bytes[bit >> 3] ^= 1 << (bit & 7);
          return bytes;
        });
        expect(flip, `bit ${bit}`).toThrow(isFormatError);
      }
    });

    test(`${file}: every truncation of ${length} bytes`, () => {
      for (let end = 0; end < length; end++) {
        expect(
          damaged(file, (bytes) => bytes.subarray(0, end)),
          `${end} bytes`,
        ).toThrow(isFormatError);
      }
    });

    test(`${file}: bytes overwritten, inserted, removed, in any number and place`, () => {
      const place = fc.nat(length - 1);
      const some = fc.uint8Array({ minLength: 1, maxLength: 40 });
      fc.assert(
        fc.property(place, some, fc.nat(40), (start, put, removed) => {
          const change = (bytes: Uint8Array) =>
            Uint8Array.from([...bytes.subarray(0, start), ...put, ...bytes.subarray(start + removed)]);
          const changed = change(file === "json" ? json : files.safetensors);
          fc.pre(Buffer.compare(changed, file === "json" ? json : files.safetensors) !== 0);
          // Line ends are not counted, so that a model in a repository may change them.
          fc.pre(file !== "json" || !put.includes(0x0d));
          expect(damaged(file, change)).toThrow(isFormatError);
        }),
        { numRuns: 400, seed: 5 },
      );
    });
  }

  test("the files of two models, mixed", async () => {
    const { safetensors } = encodeModel(sequential({ input: [4], seed: 6 }, [dense(3), dense(3)]));
    expect(() => decode(json, safetensors)).toThrow(/damaged, or another model's/);
  });

  test("a version of the future", () => {
    for (const changes of [{ version: 3 }, { version: 99, more: [] }, { version: "1.5" }]) {
      const text = JSON.stringify({ ...JSON.parse(files.json), ...changes });
      expect(() => decodeModel({ ...files, json: text }, "mine")).toThrow(
        /format version .* reads 1 and 2. Update neuromotor/,
      );
    }
  });

  test("a field that this release doesn't know", () => {
    const text = JSON.stringify({ ...JSON.parse(files.json), checksums: undefined, quantised: true });
    expect(() => decodeModel({ ...files, json: text }, "mine")).toThrow(/"quantised", which this release doesn't know/);
  });

  test.each([
    ["a negative start", { start: -1 }],
    ["no rows", { rows: undefined }],
    ["a seed of text", { seed: "1" }],
    ["shuffle 1", { shuffle: 1 }],
    ["callbacks that are none", { callbacks: [null] }],
  ])("a run with %s", (_, changes) => {
    const { checksums, ...description } = JSON.parse(files.json);
    description.training.run = { ...description.training.run, ...changes };
    expect(() => decodeModel({ ...files, json: JSON.stringify(description) }, "mine")).toThrow(/a run that can't be/);
  });
});

describe("files without checksums", () => {
  const { checksums, ...older } = JSON.parse(files.json);
  const damagedTensors = files.safetensors.slice();
  damagedTensors[damagedTensors.length - 3] ^= 16;

  test.each<[string, ModelFiles]>([
    ["as they were", { ...files, json: JSON.stringify(older) }],
    ["with another activation", { ...files, json: JSON.stringify(older).replace('"tanh"', '"relu"') }],
    ["with a bit flipped", { json: JSON.stringify(older), safetensors: damagedTensors }],
    ["with null for them", { ...files, json: JSON.stringify({ ...older, checksums: null }) }],
  ])("%s are refused, and read where that is asked for", (_, copy) => {
    expect(() => decodeModel(copy, "mine")).toThrow(/^mine: model.json has no checksums.*unchecked: true/);
    expect(decodeModel(copy, "mine", { unchecked: true }).training!.epoch).toBe(2);
  });

  test("the remedy that the error names gives files that are read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "neuromotor-"));
    await writeFile(join(folder, "model.json"), JSON.stringify({ ...older, metadata: { mine: 1 } }));
    await writeFile(join(folder, "model.safetensors"), files.safetensors);
    await expect(loadModel(folder)).rejects.toThrow("saveModel(await loadModel(folder, { unchecked: true }), folder)");
    await saveModel(await loadModel(folder, { unchecked: true }), folder);
    const again = await loadModel(folder);
    expect([again.metadata, again.training!.epoch]).toEqual([{ mine: 1 }, 2]);
    expect([...again.training!.state!.keys()]).toEqual([...decode(json, files.safetensors).training!.state!.keys()]);
    await rm(folder, { recursive: true });
  });

  test("wrong ones are refused also then", () => {
    const copy = { ...files, safetensors: damagedTensors };
    expect(() => decodeModel(copy, "mine", { unchecked: true })).toThrow(/damaged, or another model's/);
  });
});

test("line ends may change on the way", () => {
  expect(decodeModel({ ...files, json: files.json.replaceAll("\n", "\r\n") }).training!.epoch).toBe(2);
});
