import { Dataset } from "../../src/data/dataset.js";
import {
  type Backend,
  cosineAnnealing,
  dense,
  dropout,
  earlyStopping,
  openDevice,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { checkpoint, resume } from "../../src/node/checkpoint.js";

/** A training with all that a checkpoint must hold: dropout, shuffling, momentum, a rate per step, a short last batch. */
export const data = Dataset.from({
  features: Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
  labels: Array.from({ length: 20 }, (_, i) => i % 3),
});
export const newTrainer = (device: Backend) =>
  new Trainer(sequential({ input: [2], seed: 7 }, [dense(6, { activation: "tanh" }), dropout(0.2), dense(3)]), {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    schedule: cosineAnnealing({ period: 50_000, per: "step" }),
  });
export const RUN = { batchSize: 8, seed: 3, resume: true };
export const callbacks = (directory: string) => [
  earlyStopping({ patience: 100_000 }),
  checkpoint({ directory, keep: 2 }),
];

/** As a process of its own, it goes on with the newest checkpoint until it is killed, and says when it has begun and how many checkpoints it wrote. */
if (process.argv[2] === "train") {
  const directory = process.argv[3];
  const device = await openDevice({ backend: "cpu" });
  const trainer = (await resume(directory, { device })) ?? newTrainer(device);
  process.stdout.write(`${trainer.epoch}\n`);
  const tell = { afterEpoch: () => void process.stdout.write(".") }; // once the checkpoint is written
  await trainer.fit(data, { ...RUN, epochs: 1e9, callbacks: [...callbacks(directory), tell] });
}
