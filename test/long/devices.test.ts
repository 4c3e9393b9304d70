import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishedPackage } from "../package.js";

const run = promisify(execFile);

/** Trains on a device of its own, `CYCLES` times over, and prints threads and MiB of memory after each. */
const CYCLES = 100;
const CYCLE = `
import { readdirSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "neuromotor";
import { Dataset } from "neuromotor/data";
import { openDevice } from "neuromotor/node";

const data = Dataset.from({ features: [[0, 1], [1, 0]], labels: [0, 1] });
for (let cycle = 0; cycle < ${CYCLES}; cycle++) {
  const device = await openDevice({ backend: "webgpu" });
  const model = sequential({ input: [2] }, [dense(8), dense(2)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
  await trainer.fit(data, { epochs: 1 });
  trainer.dispose();
  device.dispose();
  globalThis.gc();
  await after(50); // Dawn frees it at a later turn
  console.log(readdirSync("/proc/self/task").length, Math.round(process.memoryUsage.rss() / 2 ** 20));
}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-devices-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.runIf(process.platform === "linux")(
  `${CYCLES} devices that were disposed leave nothing behind`,
  {
    timeout: 3_600_000,
  },
  async () => {
    await writeFile(join(folder, "cycle.mjs"), CYCLE);
    await symlink(join(await publishedPackage(), "node_modules"), join(folder, "node_modules"));
    const { stdout } = await run(process.execPath, ["--expose-gc", "cycle.mjs"], { cwd: folder });
    await rm(join(folder, "node_modules"));
    const cycles = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    expect(cycles).toHaveLength(CYCLES);
    const half = cycles.slice(CYCLES / 2);
    const threads = half.map(([count]) => count);
    expect(Math.max(...threads)).toBe(Math.min(...threads));
    // Each that is kept takes 3 to 12 MiB; what the process settles on is reached in the first half.
    const memory = half.map(([, mebibytes]) => mebibytes);
    expect(Math.max(...memory) - memory[0]).toBeLessThan(CYCLES);
  },
);

describe("the remedies that a missing device names, followed", () => {
  const install = (...packages: string[]) =>
    run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", ...packages], { cwd: folder });
  const device = async (backend: string) => {
    const program = `const { openDevice } = await import("neuromotor/node");
      const device = await openDevice({ backend: "${backend}" }).catch((error) => ({ description: error.message, dispose() {} }));
      console.log(device.description);
      device.dispose();`;
    await writeFile(join(folder, "open.mjs"), program);
    return (await run(process.execPath, ["open.mjs"], { cwd: folder })).stdout.trim();
  };

  test("without the package webgpu it is named; with it and the software adapter of Node 20 or later there is a device", {
    timeout: 3_600_000,
  }, async () => {
    const packed = join(await publishedPackage(), "node_modules/neuromotor");
    const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--silent", packed], { cwd: folder });
    await install(`./${stdout.trim()}`);
    expect(await device("auto")).toMatch(/no WebGPU adapter was found \(the package webgpu is not installed\)/);
    expect(await device("webgpu")).toMatch(/the package webgpu is not installed\. .*npm install webgpu/);
    await install("webgpu");
    for (const version of ["147", "153"]) {
      await install("--save-dev", `@sparticuz/chromium@${version}`);
      expect(await device("webgpu"), version).toMatch(/^WebGPU on .*SwiftShader/);
    }
  });
});
