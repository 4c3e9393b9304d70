import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishedPackage } from "../package.js";
import { writeStrictConsumer } from "../strict-consumer.js";

/* The published package with other versions of TypeScript and Node than those that the project is developed with. */

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
/** The first is the least that the README states: 5.6 lacks the generic typed arrays that the types have. */
const COMPILERS = ["5.7", "5.8", "5.9", "6", "7"];
const NODES = ["22", "24"];

const toolName = (tool: string, version: string) => `${tool}-${version.replace(".", "-")}`;
const toolsOf = (tool: string, versions: readonly string[]) =>
  Object.fromEntries(versions.map((version) => [toolName(tool, version), `npm:${tool}@${version}`]));

/** A program's trainings in the main thread and in a worker, on every backend that needs no GPU. */
const PROGRAM = `
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "neuromotor";
import { iris } from "neuromotor/data";
import { loadModel, openDevice, saveModel } from "neuromotor/node";

async function train(backend) {
  const device = await openDevice({ backend });
  const model = sequential({ input: [4], seed: 1 }, [dense(8, { activation: "relu" }), dense(3)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.05 }) });
  const { epochs } = await trainer.fit(await iris(), { epochs: 3, batchSize: 16 });
  await saveModel(trainer, "model-" + backend);
  trainer.dispose();
  device.dispose();
  return epochs.at(-1).loss;
}

if (isMainThread) {
  const [cpu, wasm] = [await train("cpu"), await train("wasm")];
  const worker = new Worker(new URL(import.meta.url));
  const inWorker = await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
  const parameters = (await loadModel("model-cpu")).parameterCount;
  console.log(JSON.stringify({ node: process.version, cpu, wasm, inWorker, parameters }));
} else {
  parentPort.postMessage(await train("wasm"));
}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-versions-"));
  const dependencies = { ...toolsOf("typescript", COMPILERS), ...toolsOf("node", NODES) };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: folder });
  await publishedPackage(); // takes minutes on a busy machine
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const tool = (name: string, version: string, path: string) =>
  join(folder, "node_modules", toolName(name, version), path);

/** A project that has the published package installed. */
async function project(name: string): Promise<string> {
  const own = join(folder, name);
  await mkdir(join(own, "node_modules/@types"), { recursive: true });
  await symlink(join(await publishedPackage(), "node_modules/neuromotor"), join(own, "node_modules/neuromotor"));
  await symlink(join(root, "node_modules/@types/node"), join(own, "node_modules/@types/node"));
  return own;
}

describe("types", () => {
  test("the README states the least version of TypeScript", async () => {
    expect(await readFile(join(root, "README.md"), "utf8")).toContain(`TypeScript ${COMPILERS[0]}`);
  });

  test.each(COMPILERS)("are those of a strict project with TypeScript %s", async (version) => {
    const own = await project(`typescript-${version}`);
    await writeStrictConsumer(own);
    const { stdout } = await run(process.execPath, [tool("typescript", version, "bin/tsc"), "--project", own]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });
});

describe.each(NODES)("on Node %s", (version) => {
  const node = () => tool("node", version, "bin/node");

  test("a program trains, in a worker too, saves and loads: the same numbers as here", async () => {
    const own = await project(`node-${version}`);
    await writeFile(join(own, "program.mjs"), PROGRAM);
    const there = JSON.parse((await run(node(), ["program.mjs"], { cwd: own })).stdout);
    expect(there.node).toMatch(new RegExp(`^v${version}\\.`));
    const here = JSON.parse((await run(process.execPath, ["program.mjs"], { cwd: own })).stdout);
    expect({ ...there, node: "" }).toEqual({ ...here, node: "" });
    expect(there.inWorker).toBe(there.wasm);
    expect(there.parameters).toBe(67);
  });

  test("the command line trains, evaluates and predicts", async () => {
    const own = await project(`cli-${version}`);
    const neuromotor = async (...args: string[]) =>
      JSON.parse((await run(node(), ["node_modules/neuromotor/dist/cli.js", ...args, "--json"], { cwd: own })).stdout);
    expect((await neuromotor("train", "iris", "--backend", "wasm", "--out", "model")).accuracy).toBeGreaterThan(0.8);
    expect(await neuromotor("evaluate", "model", "iris")).toMatchObject({ rows: 150 });
  });
});
