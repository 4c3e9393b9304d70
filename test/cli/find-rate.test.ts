import { expect, test } from "vitest";
import { cli, cliJson, expectFailure } from "./command-line.js";

const CPU = ["--backend", "cpu"];

test("find-rate draws the loss over the rate and suggests one", async () => {
  const { code, stdout, stderr } = await cli("find-rate", "iris", ...CPU);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^iris in batches of 16 with adam on CPU/);
  const chart = stdout.split("\n").filter((line) => line.includes("|"));
  expect(chart).toHaveLength(12);
  expect(stdout.match(/\*/g)!.length).toBeGreaterThan(50);
  expect(stdout).toMatch(/\n +\^\n +0\.000001 +10\n/);
  expect(stdout).toMatch(/\nsuggested: --lr 0\.0\d+, where the loss falls fastest\n$/);
});

test("as JSON, and for other ranges", async () => {
  const options = ["--from", "1e-4", "--to", "1", "--steps", "150", "--optimizer", "sgd", "--batch-size", "8"];
  const search = await cliJson("find-rate", "iris", ...options);
  expect(search).toMatchObject({ data: "iris", batchSize: 8, backend: "cpu" });
  expect([search.rates.length, search.losses.length, search.smoothed.length]).toEqual([150, 150, 150]);
  expect([search.rates[0], search.rates.at(-1)]).toEqual([1e-4, 1]);
  expect(search.rates).toContain(search.suggestion);
});

test("--quiet leaves the suggestion, and a hopeless range says so", async () => {
  expect((await cli("find-rate", "iris", ...CPU, "--quiet")).stdout).toMatch(/^suggested: [^\n]+\n$/);
  const { stdout } = await cli("find-rate", "iris", ...CPU, "--from", "1e9", "--to", "1e10", "--quiet");
  expect(stdout).toBe("the loss falls at no rate: try another range with --from and --to\n");
});

test("wrong ranges are refused", async () => {
  expectFailure(
    await cli("find-rate", "iris", ...CPU, "--from", "2", "--to", "1"),
    2,
    /from must be above 0 and below to/,
  );
  expectFailure(await cli("find-rate", "iris", ...CPU, "--steps", "0"), 2, /--steps must be/);
});
