// @module-tag slow
import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { publishedPackage } from "../package.js";

/* The published program as a process of its own. */
const folder = useFolder();
const program = `${await publishedPackage()}/node_modules/neuromotor/dist/cli.js`;

function start(command: string, args: readonly string[], options: SpawnOptions = {}) {
  const child = spawn(command, args, { timeout: 60_000, ...options });
  const written = { stdout: "", stderr: "" };
  child.stdout!.on("data", (data) => (written.stdout += data));
  child.stderr!.on("data", (data) => (written.stderr += data));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, ...written })),
  );
}

test("starts with the line that makes it a program", () => {
  expect(readFileSync(program, "utf8").split("\n")[0]).toBe("#!/usr/bin/env node");
});

test("trains, prints one line of JSON and ends by itself on every backend", async () => {
  for (const backend of ["cpu", "wasm", "webgpu", "auto"]) {
    const args = ["train", "xor", "--epochs", "300", "--json", "--backend", backend];
    const { code, stdout, stderr } = await start(process.execPath, [program, ...args]);
    expect({ code, stderr }, backend).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ epochs: 300, steps: 300 });
    expect(stdout).toMatch(/^[^\n]+\n$/);
  }
});

test("exit codes", async () => {
  expect((await start(process.execPath, [program, "train", "nothing"])).code).toBe(2);
  const diverging = ["train", "iris", "--backend", "cpu", "--optimizer", "sgd", "--lr", "1e30"];
  const { code, stderr } = await start(process.execPath, [program, ...diverging]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^neuromotor: [^\n]+\n$/);
});

test("a reader that leaves early doesn't stop the training", async () => {
  const out = folder.path("model");
  const pipe = `"${process.execPath}" "${program}" train iris --backend cpu --epochs 20 --out "${out}" | head -1`;
  const { stdout, stderr } = await start("sh", ["-c", pipe]);
  expect({ stdout, stderr }).toEqual({ stdout: "iris: 150 rows, 4 features, 3 classes\n", stderr: "" });
  expect(existsSync(`${out}/model.json`)).toBe(true);
});
