// @module-tag slow
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

/* Texts and series on the command line: trained on, written on from, evaluated, gone on with. */

const folder = useFolder();
const wood = folder.write(
  "wood.txt",
  "how much wood would a woodchuck chuck if a woodchuck could chuck wood? ".repeat(40),
);
/** A wave in a line that rises: the last value is a poor guess. */
const series = folder.write(
  "series.csv",
  `load,other,day\n${Array.from({ length: 240 }, (_, t) => `${(50 + 0.02 * t + 20 * Math.sin(t / 3)).toFixed(3)},${t % 7},day ${t}`).join("\n")}\n`,
);

describe("a text", () => {
  const model = folder.path("model");
  const network = ["--network", "embedding 16, gru 32", "--context", "16"];
  let trained: { stdout: string };
  beforeAll(async () => {
    const training = ["--epochs", "12", "--lr", "0.02", "--batch-size", "8", "--out", model];
    trained = await cli("train", wood, ...network, ...training, "--backend", "wasm");
  });

  test("is learned: its end is foretold, and the terminal and the folder tell so", async () => {
    expect(trained.stdout).toMatch(/perplexity {2}.*validation perplexity/);
    expect(trained.stdout).toMatch(/by frequency alone 10\.\d+/);
    const metrics = JSON.parse(readFileSync(folder.path("model/metrics.json"), "utf8"));
    expect(metrics.perplexity).toBeLessThan(2);
    expect(metrics.perplexity).toBeCloseTo(Math.exp(metrics.loss), 5);
    expect(metrics.report.byFrequency.perplexity).toBeGreaterThan(9);
    expect(existsSync(folder.path("model/predictions.csv"))).toBe(false);
    const page = readFileSync(folder.path("model/report.html"), "utf8");
    expect(page).toContain("What it writes");
    const rows = page.match(/<h3>Some rows<\/h3>.*?<\/table>/s)![0];
    expect(rows).toContain("next token");
    expect(rows).not.toContain("<td></td>");
    expect(page.match(/<h3>epoch \d+<\/h3><pre class="text">/gi)?.length).toBeGreaterThan(4);
    expect(page).toMatch(/perplexity on rows held out/);
  });

  test("is written on from, token by token on standard output, the same for a seed", async () => {
    const args = [model, "--prompt", "how much wood", "--length", "12", "--temperature", "0"];
    const { stdout, stderr, code } = await cli("generate", ...args, "--backend", "wasm");
    expect({ stdout, code }).toEqual({ stdout: "how much wood would a woo\n", code: 0 });
    expect(stderr).toContain("12 tokens");
    expect(await cliJson("generate", ...args)).toMatchObject({ text: "how much wood would a woo", tokens: 12 });
    expectFailure(await cli("generate", model, "--prompt", "HOW"), 2, /"H", character 0 of the text/);
  });

  test("another text is evaluated by the model's tokens", async () => {
    const other = folder.write("other.txt", "a woodchuck would chuck much wood. ".replace(".", "?").repeat(4));
    const { perplexity, report } = await cliJson("evaluate", model, other);
    expect(report.tokens).toBe(128);
    expect(perplexity).toBeGreaterThan(1);
    const heldOut = await cliJson("evaluate", model, wood, "--held-out");
    const metrics = JSON.parse(readFileSync(folder.path("model/metrics.json"), "utf8"));
    expect(heldOut.loss).toBeCloseTo(metrics.loss, 5);
    expectFailure(await cli("evaluate", model, folder.write("x.txt", "XYZ ".repeat(30))), 2, /isn't among the/);
  });

  test("goes on from a checkpoint to the bits of one go", async () => {
    const args = [...network, "--schedule", "constant", "--seed", "3"];
    const { loss } = await cliJson("train", wood, ...args, "--epochs", "2");
    const checkpoints = folder.path("checkpoints");
    await cliJson("train", wood, ...args, "--epochs", "1", "--checkpoint", checkpoints);
    expect(await cliJson("train", wood, "--resume", checkpoints, "--epochs", "2")).toMatchObject({ loss, epochs: 1 });
  });

  test.each(["words", "bytes", "bpe"])("in %s", async (tokenizer) => {
    const out = folder.path(tokenizer);
    const size = ["--layers", "lstm 12", "--context", "8", "--epochs", "1", "--out", out];
    expect(await cliJson("train", wood, "--tokenizer", tokenizer, ...size)).toMatchObject({ epochs: 1 });
    const { text } = await cliJson("generate", out, "--prompt", "how much", "--length", "3");
    expect(text).toMatch(/^how much/);
  });

  test("is read in other encodings, which is said, and compressed", async () => {
    const text = "où est le café? là, à côté. ".repeat(12);
    const args = ["--network", "gru 4", "--context", "8", "--epochs", "1"];
    const plain = await cliJson("train", folder.write("plain.txt", text), ...args);
    const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
    for (const [name, bytes, note] of [
      ["wide.txt", utf16, "wide.txt: read as UTF-16."],
      [
        "latin.txt",
        Buffer.from(text, "latin1"),
        "latin.txt: read as Latin-1, for line 1 isn't UTF-8: if its letters look wrong, save the file as UTF-8.",
      ],
      ["plain.txt.gz", gzipSync(text), undefined],
    ] as const) {
      const { loss, warnings } = await cliJson("train", folder.write(name, bytes), ...args);
      expect({ loss, warnings }).toEqual({ loss: plain.loss, warnings: [...(note ? [note] : []), ...plain.warnings] });
    }
  });

  test("several networks are trained one after the other", async () => {
    const size = ["--context", "8", "--epochs", "1"];
    const layers = ["--layers", "gru 4", "--layers", "embedding 8, positions, transformer 2, layerNorm"];
    const { runs } = await cliJson("train", wood, ...layers, ...size);
    expect(runs.map(({ parameters }: { parameters: number }) => parameters)).toEqual([1806, 1190]);
  });

  test("what doesn't fit is said before any work", async () => {
    const refused = async (message: RegExp, ...args: string[]) =>
      expectFailure(await cli("train", ...args), 2, message);
    await refused(/bidirectional.*Take gru8/, wood, "--layers", "bidirectional gru 8");
    await refused(/convolutions and pools are for images/, wood, "--layers", "conv 8x3");
    await refused(/the tokens of a text are classes/, wood, "--loss", "meanSquaredError");
    await refused(/--context must be 2 or more/, wood, "--context", "1");
    await refused(/too few for a row of 9999/, wood, "--context", "9999");
    await refused(/it is for sequences/, "iris", "--layers", "gru 8");
    await refused(/the file is empty/, folder.write("empty.txt", " \n"));
    await refused(
      /it has bytes of 0, so it is no text/,
      folder.write("bytes.txt", Uint8Array.of(80, 75, 3, 4, 20, 0, 8)),
    );
    expectFailure(await cli("cross-validate", wood), 2, /deals rows out at random/);
    await cliJson("train", "iris", "--epochs", "1", "--out", folder.path("iris"));
    expectFailure(await cli("generate", folder.path("iris")), 2, /trained on iris, not on a text/);
    expectFailure(
      await cli("predict", model, wood),
      2,
      /was trained on a text, .*: neuromotor generate .* lets it write/,
    );
  });
});

describe("a series", () => {
  test("is forecast from its past better than by the last value", async () => {
    const out = folder.path("forecast");
    const args = ["--target", "load", "--window", "12", "--network", "gru 12", "--epochs", "30", "--lr", "0.02"];
    const result = await cliJson("train", series, ...args, "--out", out, "--backend", "wasm");
    expect(result.report.rmse).toBeLessThan(result.byLastValue.rmse / 2);
    expect(result.settings).toMatchObject({ window: 12, layers: ["gru12"] });
    const heldOut = await cliJson("evaluate", out, series, "--held-out");
    expect(heldOut.report.rmse).toBeCloseTo(result.report.rmse, 3);
    const refused = await cli("predict", out, series, "--steps", "2");
    expectFailure(refused, 2, /also takes other, which aren't known .* --features load/);
    expectFailure(await cli("predict", out, series), 2, /Say how many rows: --steps 12/);
  });

  test("goes on after its end, each step from those before", async () => {
    const out = folder.path("ahead");
    const args = ["--target", "load", "--features", "load", "--window", "12", "--network", "gru 12", "--epochs", "40"];
    await cliJson("train", series, ...args, "--lr", "0.02", "--out", out, "--backend", "wasm");
    const asked = ["predict", out, series, "--steps", "12", "--backend", "wasm"];
    const { predictions, window, horizon } = await cliJson(...asked);
    expect([window, horizon]).toEqual([12, 1]);
    const wave = Array.from({ length: 12 }, (_, step) => 50 + 0.02 * (240 + step) + 20 * Math.sin((240 + step) / 3));
    const last = 50 + 0.02 * 239 + 20 * Math.sin(239 / 3);
    const errorOf = (of: (step: number) => number) =>
      Math.sqrt(wave.reduce((sum, value, step) => sum + (value - of(step)) ** 2, 0) / wave.length);
    expect(errorOf((step) => predictions[step])).toBeLessThan(errorOf(() => last) / 2);
    const { stdout, stderr } = await cli(...asked);
    const [header, first, ...more] = stdout.trimEnd().split("\n");
    expect([header, more.length]).toEqual(["step,prediction", 11]);
    expect(Number(first.replace(/^1,/, ""))).toBeCloseTo(predictions[0], 3);
    expect(stderr).toContain("12 rows of load after the 240 of series.csv, each from the 12 rows that end before it.");
    expectFailure(
      await cli("predict", folder.path("iris"), series, "--steps", "2"),
      2,
      /isn't a model of windows over a series/,
    );
  });
});
