import {
  adam,
  batchNorm,
  conv2d,
  dense,
  flatten,
  maxPool2d,
  openDevice,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { Dataset } from "neuromotor/data";

/* The least that a page needs to train a convolutional network on WebGPU: what its download weighs is measured. */

const features = Uint8Array.from({ length: 2 * 64 }, (_, i) => (i * 37) % 256);
const data = Dataset.from({ features, labels: [0, 1], shape: [8, 8, 1], scale: 1 / 255 });
const layers = [conv2d(4, 3, { activation: "relu" }), batchNorm(), maxPool2d(2), flatten(), dense(2)];
const model = sequential({ input: [8, 8, 1] }, layers);
const device = await openDevice();
await new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() }).fit(data);
console.log(model.parameters());
