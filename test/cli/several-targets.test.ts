import { copyFileSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

const folder = useFolder();
const rows = Array.from({ length: 120 }, (_, i) => {
  const [a, b] = [(i * 37) % 100, (i * 53) % 70];
  return [a, b, 1000 + 3 * a - b, (a + 2 * b) / 100, a > 50 ? "much" : "little"].join();
});
const file = folder.write("several.csv", ["a,b,weight,height,class", ...rows].join("\n"));
const targets = ["--targets", "weight,height", "--ignore", "class"];
const parsed = (text: string) => Papa.parse<Record<string, string>>(text.trim(), { header: true }).data;

describe("several targets", () => {
  const out = folder.path("run");

  test("are trained together, and scored each in its own unit", async () => {
    const result = await cliJson("train", file, ...targets, "--epochs", "60", "--out", out);
    expect(result.targets.map(({ name }: { name: string }) => name)).toEqual(["weight", "height"]);
    for (const { r2 } of result.targets) expect(r2).toBeGreaterThan(0.97);
    expect(result.r2).toBeCloseTo((result.targets[0].r2 + result.targets[1].r2) / 2, 12);
    expect(result.targets[0].rmse).toBeGreaterThan(10 * result.targets[1].rmse);
    const predictions = parsed(readFileSync(`${out}/predictions.csv`, "utf8"));
    expect(predictions).toHaveLength(result.rows);
    for (const row of predictions) {
      const [, , weight, height] = rows[Number(row.row) - 1].split(",").map(Number);
      expect([Number(row["truth weight"]), Number(row["truth height"])]).toEqual([weight, height]);
      expect(Math.abs(Number(row["prediction weight"]) - weight)).toBeLessThan(60);
    }
    expect(readFileSync(`${out}/report.html`, "utf8")).toMatch(/<figure id="predicted-against-true-2">/);
  });

  test("are predicted and evaluated by the saved model", async () => {
    const fresh = folder.write("new.csv", "b,a\n10,20\n,50\n");
    const { stdout } = await cli("predict", out, fresh, "--backend", "cpu");
    const predicted = parsed(stdout);
    expect(Object.keys(predicted[0])).toEqual(["b", "a", "prediction weight", "prediction height"]);
    expect(Math.abs(Number(predicted[0]["prediction weight"]) - 1050)).toBeLessThan(60);
    const { predictions } = await cliJson("predict", out, fresh);
    expect(predictions[0]).toEqual([predicted[0]["prediction weight"], predicted[0]["prediction height"]].map(Number));
    const evaluated = await cliJson("evaluate", out, file);
    expect(evaluated.targets).toHaveLength(2);
    expectFailure(await cli("evaluate", out, file, "--target", "weight"), 2, /predicts weight, height: name them/);
  });

  test("must be numbers, of a file, and instead of one", async () => {
    const failed = (...args: string[]) => cli("train", ...args, "--backend", "cpu");
    expectFailure(await failed(file, "--targets", "weight,class"), 2, /class/);
    expectFailure(await failed(file, "--targets", "weight,height", "--target", "a"), 2, /target or targets, not both/);
    expectFailure(await failed("iris", "--targets", "a,b"), 2, /--targets is for files/);
  });
});

describe("a file of another format than CSV is data by its path", () => {
  test("JSON lines, and the columns to choose from where none is named", async () => {
    const lines = rows.map((row) => {
      const [a, b, weight] = row.split(",").map(Number);
      return JSON.stringify({ a, b, weight });
    });
    const path = folder.write("rows.jsonl", lines.join("\n"));
    expect(await cliJson("train", path, "--target", "weight", "--epochs", "2")).toMatchObject({ data: "rows.jsonl" });
    expectFailure(await cli("train", path), 2, /--target COLUMN: "a", "b", "weight"\./);
  });

  test("IDX, with the labels beside the images", async () => {
    const idx = (...sizes: number[]) => {
      const bytes = Buffer.alloc(4 + 4 * sizes.length + sizes.reduce((a, b) => a * b));
      bytes.writeUInt8(8, 2); // unsigned bytes
      bytes.writeUInt8(sizes.length, 3);
      for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
      return gzipSync(bytes.map((byte, i) => (i < 4 + 4 * sizes.length ? byte : i % 10)));
    };
    const images = folder.write("t10k10-images-idx3-ubyte.gz", idx(10, 28, 28));
    folder.write("t10k10-labels-idx1-ubyte.gz", idx(10));
    const result = await cliJson("train", images, "--epochs", "2", "--layers", "4");
    expect(result).toMatchObject({ data: "t10k10-images-idx3-ubyte.gz", rows: 10, evaluatedOn: "train" });
    copyFileSync(images, folder.path("lonely-images-idx3-ubyte.gz"));
    const lonely = folder.path("lonely-images-idx3-ubyte.gz");
    expectFailure(await cli("train", lonely), 2, /Put them beside it, as lonely-labels-idx1-ubyte\.gz/);
    copyFileSync(images, folder.path("named otherwise.gz"));
    expectFailure(await cli("train", folder.path("named otherwise.gz")), 2, /images or labels alone\. Give the one/);
  });
});
