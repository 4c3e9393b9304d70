// @module-tag slow
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { useFolder } from "./fixtures.js";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
const folder = useFolder().path();

/** Runs an example as a module of its own, in an empty folder. */
async function run(code: string, name: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, code);
  const home = process.cwd();
  process.chdir(folder);
  try {
    await import(file);
  } finally {
    process.chdir(home);
  }
}

test("the loop for Node trains, prints its accuracy and saves", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await run(examples[0], "node-example.ts");
  const [description, scores] = log.mock.lastCall as [string, { accuracy: number }];
  log.mockRestore();
  expect(description).toMatch(/CPU|WebGPU/);
  expect(scores.accuracy).toBeGreaterThan(0.95);
  expect(await readdir(join(folder, "digits"))).toEqual(["model.json", "model.safetensors"]);
});

test("an activation and a layer of one's own make a model", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await run(examples[2], "own-example.ts");
  const [summary, gradients, parity] = log.mock.calls.map(([text]) => text as string);
  log.mockRestore();
  expect(summary).toMatch(/residual\s+function\s+\[batch, 8\]/);
  expect(gradients).toMatch(/^Gradients of the model, .*: ok, [\s\S]*\ndense\/cube .* ok\ncube .* ok$/);
  expect(parity).toMatch(/^Parity of the model with the plain CPU: ok, webgpu compared, wasm compared\.\n/);
});

test("the long training goes on from its checkpoints", async () => {
  const { loadModel, newestCheckpoint } = await import("../src/node.js");
  await run(examples[4].replace("epochs: 25", "epochs: 2"), "short-example.ts");
  await run(examples[4].replace("epochs: 25", "epochs: 4"), "long-example.ts");
  const model = await loadModel((await newestCheckpoint(join(folder, "run/checkpoints")))!);
  expect(model.training!.epoch).toBe(4);
  const rows = (await readFile(join(folder, "run/log.csv"), "utf8")).trimEnd().split("\n");
  expect(rows.map((row) => row.split(",")[0])).toEqual(["epoch", "1", "2", "3", "4"]);
  expect((await readdir(join(folder, "run/tensorboard/validation"))).length).toBe(2);
});

test("the loop for the browser trains and shows its accuracy", async () => {
  const document = { title: "", body: { textContent: "" } };
  vi.stubGlobal("document", document);
  await run(examples[1], "browser-example.ts");
  vi.unstubAllGlobals();
  expect(document.title).toMatch(/^\d+: 0\.\d+$/);
  expect(Number(document.body.textContent.split(": ").at(-1))).toBeGreaterThan(0.85);
});

test("cross-validation prints its mean and deviation", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await run(examples[3], "cross-validation-example.ts");
  const [mean, deviation] = log.mock.lastCall as [number, number];
  log.mockRestore();
  expect(mean).toBeGreaterThan(0.9);
  expect(deviation).toBeLessThan(0.1);
});

test("the table as published is read, trained on, and asked for someone", async () => {
  const lines = Array.from({ length: 150 }, (_, i) => {
    const [sex, survived] = i % 3 === 0 ? ["female", Number(i % 24 !== 0)] : ["male", Number(i % 19 === 0)];
    const age = i % 6 === 1 ? "" : 1 + ((i * 17) % 70);
    return `${i + 1},${survived},${1 + ((i % 4) % 3)},"Name${i}, X",${sex},${age},${7.25 + i},${"SCQ"[(i % 5) % 3]}`;
  });
  const header = "PassengerId,Survived,Pclass,Name,Sex,Age,Fare,Embarked";
  await writeFile(join(folder, "titanic.csv"), [header, ...lines].join("\n"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await run(examples[5], "table-example.ts");
  const [[columns], [scores], [predicted]] = log.mock.calls as [
    [string],
    [{ accuracy: number }],
    [{ values: string[] }],
  ];
  log.mockRestore();
  expect(columns).toMatch(/^Sex +category +feature/m);
  expect(scores.accuracy).toBeGreaterThan(0.8);
  expect(predicted.values).toEqual(["1"]);
});

test("the report of a training is a page, a chart a picture", async () => {
  await run(examples[6], "report-example.ts");
  expect(await readFile(join(folder, "report.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]*of 359 rows are right/);
  expect(await readFile(join(folder, "loss.svg"), "utf8")).toMatch(
    /^<svg [^>]*aria-label="Line chart of loss over 20 epochs/,
  );
});
