import {
  adam,
  type Callback,
  dense,
  dropout,
  earlyStopping,
  type History,
  meanSquaredError,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { Dataset, diabetes, digits, iris, standardise } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import { type Comparison, describeRun, type Reproduction, type Run, type Search } from "neuromotor/report";
import { searched } from "./search.js";

/** Reports of small trainings on real data: one of each kind that there is. */
export interface Subjects {
  digits: Run;
  diabetes: Run;
  circle: Run;
  comparison: Comparison;
  search: Search;
  reproduction: Reproduction;
}

const bestOf = ({ epochs }: History) =>
  epochs.reduce((a, b) => ((b.validation ?? b).loss < (a.validation ?? a).loss ? b : a)).epoch;

export async function trainSubjects(): Promise<Subjects> {
  const device = await openDevice({ backend: "wasm", threads: 1 });
  const trained = (
    layers: Parameters<typeof sequential>[1],
    input: number,
    loss: ReturnType<typeof softmaxCrossEntropy>,
    learningRate: number,
    metrics = ["accuracy"],
  ) =>
    new Trainer(sequential({ input: [input], seed: 1 }, layers), {
      device,
      loss,
      optimizer: adam({ learningRate }),
      metrics,
    });
  try {
    const parts = (await digits()).split({ test: 0.2, validation: 0.1, stratify: true, seed: 1 });
    using classifier = trained(
      [dense(16, { activation: "relu" }), dropout(0.1), dense(10)],
      64,
      softmaxCrossEntropy(),
      3e-3,
    );
    const callbacks: Callback[] = [earlyStopping({ patience: 3 })];
    const history = await classifier.fit(parts.train, {
      epochs: 40,
      batchSize: 32,
      validation: parts.validation,
      callbacks,
    });
    const described = await describeRun(classifier, {
      name: "digits",
      history,
      kept: bestOf(history),
      ...parts,
      image: { height: 8, width: 8, channels: 1 },
      seed: 1,
    });

    const rows = (await diabetes()).split({ test: 0.3, validation: 0.1, seed: 1 });
    const scaled = standardise(rows);
    using regressor = trained([dense(8, { activation: "relu" }), dense(1)], 10, meanSquaredError(), 0.05, []);
    const regression = await describeRun(regressor, {
      history: await regressor.fit(scaled.train, { epochs: 30, batchSize: 32, validation: scaled.validation }),
      ...scaled,
      readable: rows,
      seed: 2,
    });

    const points = Array.from({ length: 300 }, (_, i) => [Math.sin(12.9898 * i), Math.sin(78.233 * i)]);
    const circle = Dataset.from({
      name: "circle",
      features: points,
      featureNames: ["east", "north"],
      classNames: ["outside", "inside"],
      targetName: "place",
      labels: Uint32Array.from(points, ([x, y], i) => Number(x * x + y * y + 0.2 * Math.sin(7 * i) < 0.6)),
    }).split({ test: 0.3, seed: 1 });
    using binary = trained([dense(6, { activation: "tanh" }), dense(1)], 2, sigmoidCrossEntropy(), 0.05);
    const place = await describeRun(binary, {
      history: await binary.fit(circle.train, { epochs: 60, batchSize: 32 }),
      ...circle,
    });

    return {
      digits: {
        ...described,
        command: "neuromotor train digits --layers 16 --dropout 0.1",
        configuration: { layers: [16], dropout: 0.1, optimizer: "adam" },
      },
      diabetes: regression,
      circle: place,
      comparison: await compareOptimizers(device),
      search: searched(80),
      reproduction: REPRODUCTION,
    };
  } finally {
    device.dispose();
  }
}

/** Two settings, two values each, two seeds each. */
async function compareOptimizers(device: Awaited<ReturnType<typeof openDevice>>): Promise<Comparison> {
  const { train, validation, test } = standardise(
    (await iris()).split({ test: 0.3, validation: 0.2, stratify: true, seed: 1 }),
  );
  const runs: Comparison["runs"][number][] = [];
  for (const [optimizer, make] of Object.entries({ adam, sgd })) {
    for (const learningRate of [0.1, 0.01]) {
      for (const seed of [1, 2]) {
        const model = sequential({ input: [4], seed }, [dense(8, { activation: "relu" }), dense(3)]);
        const setup = { device, loss: softmaxCrossEntropy(), optimizer: make({ learningRate }), metrics: ["accuracy"] };
        using trainer = new Trainer(model, setup);
        const history = await trainer.fit(train, { epochs: 12, batchSize: 16, seed, validation });
        const scores = { ...(await trainer.evaluate(test!)) };
        const configuration = { optimizer, learningRate, layers: [8] };
        runs.push({ name: `${optimizer}-${learningRate}-${seed}`, configuration, seed, scores, history, seconds: 0.1 });
      }
    }
  }
  runs.push({
    name: "lost",
    configuration: { optimizer: "sgd", learningRate: 1000, layers: [8] },
    scores: {},
    state: "diverged",
  });
  return {
    kind: "comparison",
    name: "iris",
    score: "accuracy",
    better: "higher",
    part: "test",
    command: "neuromotor train iris",
    runs,
  };
}

const REPRODUCTION: Reproduction = {
  kind: "reproduction",
  name: "Report A",
  command: "neuromotor reproduce A",
  rows: [
    {
      id: "A1",
      item: "Iris 4-16-8-3",
      published: 0.9565,
      mean: 0.9565,
      deviation: 0.0435,
      seeds: 3,
      seconds: 1,
      verdict: "reached",
    },
    {
      id: "A4",
      item: "MNIST",
      published: 0.9736,
      mean: 0.977,
      deviation: 0.0006,
      seeds: 3,
      seconds: 38,
      verdict: "reached",
    },
    {
      id: "A7",
      item: "dropout",
      published: 0.982,
      mean: 0.978,
      deviation: 0.0003,
      seeds: 3,
      verdict: "missed",
      note: "batch 128",
    },
    {
      id: "C9",
      item: "diabetes",
      score: "r2",
      published: 0.4585,
      mean: 0.53,
      deviation: 0.08,
      seeds: 3,
      verdict: "reached",
    },
    { id: "B1", item: "rate 1.0", published: 0.091, verdict: "diverged" },
  ],
};
