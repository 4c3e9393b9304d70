import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A program that uses the types of every entry for Node. */
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

/** Writes a project that takes the published types strictly: without WebGPU's types, and without skipLibCheck. */
export async function writeStrictConsumer(folder: string): Promise<void> {
  const options = { module: "nodenext", target: "es2022", lib: ["es2022", "esnext.disposable"], types: ["node"] };
  const settings = { compilerOptions: { ...options, strict: true, noEmit: true }, include: ["use.ts"] };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  await writeFile(join(folder, "use.ts"), CONSUMER);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
}
