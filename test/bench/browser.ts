import { Dataset } from "../../src/data/index.js";
import { adam, dense, openDevice, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";

/* The least that a page needs to train a network on WebGPU: what its download weighs is measured. */

const device = await openDevice({ backend: "webgpu" });
const model = sequential({ input: [2] }, [dense(8, { activation: "relu" }), dense(2)]);
const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
const data = Dataset.from({
  features: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  labels: [0, 1, 1, 0],
});
console.log(await trainer.fit(data, { epochs: 100 }));
