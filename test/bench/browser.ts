import { adam, dense, openDevice, sequential, softmaxCrossEntropy, Trainer } from "neuromotor";
import { Dataset } from "neuromotor/data";

/* The least that a page needs to train a network on WebGPU: what its download weighs is measured. */

const data = Dataset.from({ features: [[0, 1], [1, 0]], labels: [0, 1] }); // biome-ignore format: short
const model = sequential({ input: [2] }, [dense(4, { activation: "relu" }), dense(2)]);
const device = await openDevice();
await new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() }).fit(data);
console.log(model.parameters());
