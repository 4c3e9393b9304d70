import { iris, standardise } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { filesEntered } from "./crossings.js";

/* Loaded by crossings.test.ts with src/training instrumented: one fit of Iris, one epoch of two steps, on WebGPU. */

const device = await openDevice({ backend: "cpu" });
const { train: data } = standardise((await iris()).split({ test: 1 / 3, seed: 1 })); // learnt better than by chance at once
const model = sequential({ input: [4], seed: 1 }, [dense(16, { activation: "relu" }), dense(8), dense(3)]);
const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] });
await trainer.sync(); // parameters are on the device before the fit, as they are for any but a trainer's first call
/** The files of training/ in the order in which the fit entered them. */
export const files = await filesEntered(() => trainer.fit(data, { epochs: 1, batchSize: 50 }));
trainer.dispose();
device.dispose();
