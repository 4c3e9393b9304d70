import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writing } from "../../src/node/write-error.js";
import { csvLog, jsonlLog, saveModel } from "../../src/node.js";

import { irisNetwork, useFolder } from "../fixtures.js";

/*
 * Linux's /dev/full is a disk without space.
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
