import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

const { path } = useFolder();

test("a table of launches with their shares, and the rate of a step", async () => {
  const { code, stdout } = await cli("profile", "iris", "--backend", "webgpu");
  expect(code).toBe(0);
  expect(stdout).toMatch(/launch +ms +share +kFLOP +kB +GFLOP\/s +GB\/s/);
  const shares = [...stdout.matchAll(/ (\d+\.\d) %/g)].map(([, share]) => Number(share));
  expect(shares).toHaveLength(9); // three layers, three launches each
  expect(Math.abs(shares.reduce((a, b) => a + b) - 100)).toBeLessThan(1);
  expect(stdout).toMatch(/9 launches; a step as training runs it takes [\d.]+ ms/);
});

test("--json has every launch, --trace writes complete events one after the other", async () => {
  const file = path("trace.json");
  const { launches, stepMilliseconds } = await cliJson("profile", "iris", "--trace", file);
  expect(stepMilliseconds).toBeGreaterThan(0);
  expect(launches[0]).toMatchObject({
    label: expect.any(String),
    operations: expect.any(Number),
    bytes: expect.any(Number),
  });
  const { traceEvents } = JSON.parse(readFileSync(file, "utf8"));
  expect(traceEvents).toHaveLength(launches.length);
  let end = 0;
  for (const { ph, ts, dur } of traceEvents) {
    expect(ph).toBe("X");
    expect(ts).toBeCloseTo(end, 6);
    end = ts + dur;
  }
});

test("--wgsl shows each launch's module, its parts with their files, and needs a GPU", async () => {
  const { code, stdout } = await cli("profile", "iris", "--backend", "webgpu", "--wgsl");
  expect(code).toBe(0);
  const modules = stdout.split("\n// === ").slice(1);
  expect(modules).toHaveLength(9);
  for (const each of modules) {
    expect(each).toMatch(/^\S.*: \d+ x \d+ workgroups; .*UNITS = \d+/);
    expect(each).toMatch(/^\/\/ --- shaders\/\S+\.wgsl$/m);
    expect(each).toMatch(/^\/\/ --- glue: webgpu\/glue\.ts$/m);
  }
  const json = await cli("profile", "iris", "--backend", "webgpu", "--wgsl", "--json");
  const { kernels, launches } = JSON.parse(json.stdout);
  expect(kernels.map(({ label }: { label: string }) => label)).toEqual(
    launches.map(({ label }: { label: string }) => label),
  );
  expectFailure(await cli("profile", "iris", "--backend", "wasm", "--wgsl"), 2, /--wgsl: .*Add --backend webgpu/);
});

test("bad arguments", async () => {
  expectFailure(await cli("profile", "nothing"), 2, /nothing/);
  const file = path(join("missing", "trace.json"));
  const failure = await cli("profile", "xor", "--backend", "cpu", "--quiet", "--json", "--trace", file);
  expectFailure(failure, 2, /--trace .*ENOENT/);
  expect(existsSync(file)).toBe(false);
});
