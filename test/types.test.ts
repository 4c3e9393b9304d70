// @module-tag slow
import { execFile } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };

/*
 * The published types, as a strict project without WebGPU's types and without skipLibCheck sees them.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "node_modules/.cache", `neuromotor-types-test-${process.pid}`);
const tsc = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, "node_modules/.bin/tsc"), ...args], { cwd: root });

const CONSUMER = `
import { adam, checkGradients, dense, type Backend, type LayerFunction, ops, sequential, softmaxCrossEntropy, Trainer } from "neuromotor";
import { Dataset } from "neuromotor/data";
import { checkParity, loadModel, openDevice, saveModel } from "neuromotor/node";

const device: Backend = await openDevice({ backend: "auto" });
const square: LayerFunction = (x) => ops.square(x);
const model = sequential({ input: [2], seed: 1 }, [dense(4, { activation: "relu" }), square, dense(2)]);
using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] });
const data = Dataset.from({ features: [[1, 2]], labels: ["a"] });
const history = await trainer.fit(data, { epochs: 1, callbacks: [{ onEpoch: ({ loss }) => void loss }] });
export const accuracy: number | undefined = history.epochs.at(-1)?.accuracy;
await saveModel(trainer, "model");
const { ok, worst } = await checkGradients((a, b) => ops.matmul(a, b), { inputs: [[2, 3], [3, 4]], elements: 5 });
if (!ok) console.log(worst.name, worst.index.join(), worst.derived - worst.numeric);
console.log((await checkParity(square, { input: [3], device })).worst?.verdict);
for (const [name, { shape, values }] of (await loadModel("model")).parameters()) console.log(name, shape, values.length);
`;

test("the types stand on their own", async () => {
  const options = { module: "nodenext", target: "es2022", lib: ["es2022", "esnext.disposable"], types: ["node"] };
  try {
    const published = join(folder, "node_modules/neuromotor");
    await tsc("--project", "src", "--outDir", join(published, "dist/types"));
    await writeFile(join(published, "package.json"), JSON.stringify({ ...manifest, devDependencies: {} }));
    await mkdir(join(folder, "node_modules/@types"));
    await symlink(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(folder, "use.ts"), CONSUMER);
    const settings = { compilerOptions: { ...options, strict: true, noEmit: true }, include: ["use.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const { stdout } = await tsc("--project", folder).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
