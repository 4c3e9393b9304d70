import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { cli } from "../cli/command-line.js";
import { useFolder } from "../fixtures.js";

const folder = useFolder();
const published = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const isThere = existsSync(published);

test.runIf(isThere)("MNIST is tested on the part that was published for it, or on one that was asked for", async () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli(...args, "--data-dir", published, "--backend", "wasm", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  const model = folder.path("mnist");
  const train = ["train", "mnist", "--max-rows", "600", "--epochs", "1", "--out", model];
  const held = await run(...train);
  expect(held).toMatchObject({ evaluatedOn: "test", rows: 10_000, settings: { test: 0, maxRows: 600 } });
  const again = ["evaluate", model, "mnist", "--held-out"];
  expect(await run(...again)).toMatchObject({ rows: 10_000, accuracy: held.accuracy });
  const asked = await run(...train, "--test", "0.2");
  expect(asked).toMatchObject({ evaluatedOn: "test", rows: 120, settings: { test: 0.2 } });
  expect(await run(...again)).toMatchObject({ rows: 120, accuracy: asked.accuracy });
});
