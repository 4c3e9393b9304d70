// @module-tag slow
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModel } from "../../src/node.js";
import { useFolder } from "../fixtures.js";
import { reviewsCsv } from "../reviews.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

/* Columns of texts on the command line: trained on, evaluated, predicted for, gone on with. */

const folder = useFolder();
const csv = folder.write("reviews.csv", reviewsCsv(120));
const asked = [csv, "--target", "label", "--text", "text"];

describe("reviews and what they say", () => {
  const model = folder.path("model");
  let trained: { stdout: string; code: number };
  beforeAll(async () => {
    trained = await cli("train", ...asked, "--out", model, "--backend", "wasm");
  });

  test("are told apart; the terminal says what their words are, the page shows them", () => {
    expect(trained.code).toBe(0);
    expect(trained.stdout).toMatch(/^text +text +feature +60 +texts, as was said$/m);
    expect(trained.stdout).toMatch(/^reviews.csv: 120 rows, \d+ tokens a row, 2 classes$/m);
    expect(trained.stdout).toMatch(/^text of text: words, a vocabulary of \d+; /m);
    const metrics = JSON.parse(readFileSync(folder.path("model/metrics.json"), "utf8"));
    expect(metrics.accuracy).toBeGreaterThan(0.95);
    const page = readFileSync(folder.path("model/report.html"), "utf8");
    expect(page).toMatch(/<td>I found (the|this|our) [^<]{10,}/);
  });

  test("raw rows are predicted for: other columns, gaps, words that nobody knows", async () => {
    const raw = folder.write("raw.csv", 'id,text\n1,"WONDERFUL, the play!"\n2,\n3,zyx\n4,"what a dreadful\nbook"\n');
    const { predictions } = await cliJson("predict", model, raw);
    expect([predictions[0], predictions[3]]).toEqual(["good", "bad"]);
    expect(predictions).toHaveLength(4);
    expectFailure(await cli("predict", model, folder.write("no.csv", "id\n1\n")), 2, /no column "text"/);
    const { accuracy } = await cliJson("evaluate", model, csv, "--held-out");
    expect(accuracy).toBe(JSON.parse(readFileSync(folder.path("model/metrics.json"), "utf8")).accuracy);
  });

  test("a training goes on from a checkpoint to the bits of one go", async () => {
    const args = [...asked, "--seed", "3", "--buckets", "4,8", "--network", "gru 4", "--no-early-stopping"];
    const { loss } = await cliJson("train", ...args, "--epochs", "2");
    const checkpoints = folder.path("checkpoints");
    await cliJson("train", ...args, "--epochs", "1", "--checkpoint", checkpoints);
    expect(await cliJson("train", csv, "--resume", checkpoints, "--epochs", "2")).toMatchObject({ loss, epochs: 1 });
  });
});

test.each([
  ["gru 6", "gru"],
  ["embedding 8, bidirectional lstm 4, average, 6", "bidirectional globalAveragePool1d dense"],
  [
    "embedding 8, positions, transformer 2, layerNorm",
    "positionalEmbedding transformerBlock layerNorm globalAveragePool1d",
  ],
  ["6", "globalAveragePool1d dense"],
  ["embedding 8, flatten, 4", "flatten dense"],
])("a network of %s", async (network, kinds) => {
  const args = ["--network", network, "--epochs", "1", "--context", "6", "--preset", "none"];
  const out = folder.next();
  await cliJson("train", ...asked, ...args, "--out", out);
  const { layers } = await loadModel(out);
  expect(layers.map(({ kind }) => kind).join(" ")).toBe(`embedding ${kinds} dense`);
});

test("numbers are predicted of texts, too, and folds hold each row out once", async () => {
  const stars = folder.write(
    "stars.csv",
    reviewsCsv(60, { stars: (row) => (row % 2 === 0 ? 4.5 : 1) + (row % 3) / 10 }),
  );
  const { report } = await cliJson("train", stars, "--target", "stars", "--text", "text", "--ignore", "label");
  expect(report.r2).toBeGreaterThan(0.5);
  const { mean } = await cliJson("cross-validate", ...asked, "--folds", "2", "--epochs", "20");
  expect(mean.accuracy).toBeGreaterThan(0.9);
});

test("what doesn't fit is said before any work", async () => {
  const refused = async (message: RegExp, ...args: string[]) => expectFailure(await cli("train", ...args), 2, message);
  const both = folder.write("both.csv", reviewsCsv(60, { price: (row) => row * 1.5 }));
  await refused(/other columns, "price".*--features text/, both, "--target", "label", "--text", "text");
  await refused(/--scale standard is for numbers/, ...asked, "--scale", "standard");
  await refused(/--network conv8x3|--layers conv8x3: convolutions/, ...asked, "--layers", "conv 8x3");
  await refused(/an embedding stands first/, ...asked, "--layers", "gru 8, embedding 8");
  await refused(/--embed text: it must be a feature that holds names/, ...asked, "--embed", "text");
  await refused(/--text is for files/, "iris", "--text", "a");
  await refused(/--target is for tables.*--text COLUMN/, csv, "--target", "label", "--tokenizer", "words");
  await refused(/it is for sequences/, "iris", "--layers", "embedding 8, gru 8");
});
