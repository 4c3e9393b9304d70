// @module-tag slow
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { beforeAll, describe, expect, test } from "vitest";
import { ResultStore } from "../../src/cli/experiments/store.js";
import { writing } from "../../src/node/write-error.js";
import { csvLog, jsonlLog, saveModel } from "../../src/node.js";

import { shaderFiles, wasmEngine } from "../../src/vite.config.js";
import { irisNetwork, useFolder } from "../fixtures.js";

/*
 * Linux's /dev/full is a disk without space. A limit on a file's length is one that becomes full: the write that reaches it
 * ends early without an error, the next one fails.
 */

const folder = useFolder();
const record = { epoch: 1, loss: 0.5, learningRate: 0.1, seconds: 1 };

describe.skipIf(!existsSync("/dev/full"))("a full disk", () => {
  const full = (name: string) => {
    const path = folder.path(name);
    symlinkSync("/dev/full", path);
    return path;
  };

  test("a model's file is named, with what to do", async () => {
    const directory = folder.path("model");
    mkdirSync(directory);
    const file = join(directory, "model.json");
    symlinkSync("/dev/full", file);
    await expect(saveModel(irisNetwork(), directory)).rejects.toMatchObject({
      code: "ENOSPC",
      message: expect.stringMatching(
        /model\.json can't be written \(ENOSPC.*\)\. Free some space, or write elsewhere\.$/,
      ),
    });
  });

  const control = { scores: new Map([["loss", "lower"]]), evaluates: [] };
  test.each([
    ["csvLog", csvLog],
    ["jsonlLog", jsonlLog],
  ])("%s names its file at an epoch", async (_, log) => {
    const file = full(`${_}.log`);
    await expect((async () => log(file).onEpoch!(record, control as never))()).rejects.toThrow(
      `${file} can't be written`,
    );
  });

  test("an error that names the file already stays as it is", async () => {
    const cause = new Error("EACCES: permission denied, open '/a/b'");
    await expect(writing("/a/b", () => Promise.reject(cause))).rejects.toBe(cause);
  });
});

describe.skipIf(process.platform === "win32")("a disk that becomes full in the middle of a file", () => {
  const built = folder.path("built");
  let program: string;
  beforeAll(async () => {
    const output = await build({
      configFile: false,
      logLevel: "error",
      plugins: [shaderFiles({ readable: true }), wasmEngine()],
      build: {
        ...{ ssr: fileURLToPath(new URL("full-disk-child.ts", import.meta.url)), outDir: built, target: "es2022" },
      },
    });
    const [{ fileName }] = (output as { output: { fileName: string }[] }).output;
    program = join(built, fileName);
  });

  /** Files of at most 8 blocks of 512 or 1,024 bytes. */
  async function write(what: string, directory: string) {
    const command = 'ulimit -f 8; exec "$0" "$1" "$2" "$3"';
    const args = ["-c", command, process.execPath, program, directory, what];
    return (await promisify(execFile)("sh", args)).stdout.trim();
  }
  /** The text of each file of a folder that has one, however deep. */
  const contents = (directory: string) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "utf8")]);

  test.each([
    ["sheet", "predictions.csv", undefined],
    ["download", join("set", "file.bin"), undefined],
    ["store", "runs.jsonl", '{"command":"before"}\n'],
    ["log", "log.csv", "before\n"],
    ["journal", "study.log", '{"before":1}\n'],
  ])("%s names its file, of which nothing is there in part", async (what, name, before) => {
    const directory = folder.next();
    mkdirSync(directory);
    if (before) writeFileSync(join(directory, name), before);
    const message = await write(what, directory);
    expect(message).toContain(join(directory, name));
    expect(message).toMatch(/can't be written \(EFBIG/);
    expect(contents(directory)).toEqual(before ? [[name, before]] : []);
  });

  test("results that were cut off by a kill don't spoil those that follow", async () => {
    const directory = folder.next();
    mkdirSync(directory);
    const line = '{"command":"é","by":"0.0.0"}\n';
    writeFileSync(join(directory, "runs.jsonl"), `${line}{"command":"cut o`);
    await (await ResultStore.open(directory)).add("next", {} as never);
    const [first, second] = readFileSync(join(directory, "runs.jsonl"), "utf8").split("\n");
    expect(`${first}\n`).toBe(line);
    expect(JSON.parse(second)).toMatchObject({ command: "next" });
    expect((await ResultStore.open(directory)).get("next")).toEqual({});
  });
});
