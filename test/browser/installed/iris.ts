import { iris, standardise } from "../../../src/data/index.js";
import { adam, type Backend, dense, sequential, softmaxCrossEntropy, Trainer } from "../../../src/index.js";

/** Result of a training. */
export interface Trained {
  description: string;
  /** Of the last epoch. */
  loss: number;
  /** On 30 rows that it wasn't shown. */
  accuracy: number;
}

/** Steps of the training below. */
export const IRIS_STEPS = 100 * 8;

/** Trains 4-16-3 on 120 rows of Iris. */
export async function trainIris(device: Backend): Promise<Trained> {
  const { train, test } = standardise((await iris()).split({ test: 0.2, stratify: true, seed: 1 }));
  const model = sequential({ input: [4], seed: 1 }, [dense(16, { activation: "relu" }), dense(3)]);
  const trainer = new Trainer(model, {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: ["accuracy"],
  });
  const { epochs } = await trainer.fit(train, { epochs: 100, batchSize: 16, seed: 1 });
  const { accuracy } = await trainer.evaluate(test);
  trainer.dispose();
  return { description: device.description, loss: epochs.at(-1)!.loss, accuracy: accuracy! };
}
