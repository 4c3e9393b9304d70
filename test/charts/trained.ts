import {
  adam,
  argmaxRows,
  dense,
  type History,
  meanSquaredError,
  type Parameter,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { Dataset, diabetes, digits, standardise } from "neuromotor/data";
import { openDevice } from "neuromotor/node";

/** Small trainings on real data, whose numbers charts are drawn from. */
export interface Trained {
  digits: {
    history: History;
    truth: Uint32Array;
    /** [rows, 10] */
    probabilities: Float32Array;
    predicted: Uint32Array;
    counts: { train: number[]; test: number[] };
    parameters: Map<string, Parameter>;
  };
  /** Yes or no: whether a point lies within a circle. */
  circle: {
    histories: Record<string, History>;
    points: { x: number; y: number; label: number }[];
    truth: Uint32Array;
    probabilities: Float32Array;
    axis: number[];
    /** [30, 30], of yes */
    surface: Float32Array;
  };
  diabetes: { truth: Float32Array; predicted: Float32Array };
}

export const DIGITS = Array.from({ length: 10 }, (_, label) => String(label));

export async function train(): Promise<Trained> {
  const device = await openDevice({ backend: "wasm", threads: 1 });
  try {
    const parts = (await digits()).split({ test: 0.2, validation: 0.1, stratify: true, seed: 1 });
    const model = sequential({ input: [64], seed: 1 }, [dense(16, { activation: "relu" }), dense(10)]);
    using classifier = new Trainer(model, {
      device,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 3e-3 }),
      metrics: ["accuracy"],
    });
    const history = await classifier.fit(parts.train, { epochs: 12, batchSize: 32, validation: parts.validation });
    const { values: probabilities } = await classifier.predict(parts.test!.features, { probabilities: true });
    const count = ({ labels }: Dataset) => DIGITS.map((_, label) => labels.filter((each) => each === label).length);

    const points = Array.from({ length: 200 }, (_, i) => {
      const [x, y] = [Math.sin(12.9898 * i), Math.sin(78.233 * i)];
      return { x, y, label: Number(x * x + y * y < 0.6) };
    });
    const circle = Dataset.from({
      features: points.map(({ x, y }) => [x, y]),
      labels: points.map((each) => each.label),
    });
    const histories: Record<string, History> = {};
    let surface = new Float32Array();
    let given = new Float32Array();
    const axis = Array.from({ length: 30 }, (_, i) => -1 + i / 14.5);
    for (const learningRate of [0.003, 0.03]) {
      const network = sequential({ input: [2], seed: 1 }, [dense(8, { activation: "tanh" }), dense(1)]);
      using trainer = new Trainer(network, { device, loss: sigmoidCrossEntropy(), optimizer: adam({ learningRate }) });
      histories[`rate ${learningRate}`] = await trainer.fit(circle, { epochs: 60, batchSize: 32, validation: circle });
      const grid = axis.flatMap((y) => axis.map((x) => [x, y]));
      surface = (await trainer.predict(grid, { probabilities: true })).values;
      given = (await trainer.predict(circle, { probabilities: true })).values;
    }

    const { train: rows, test } = standardise((await diabetes()).split({ test: 0.3, seed: 1 }));
    const regression = sequential({ input: [10], seed: 1 }, [dense(8, { activation: "relu" }), dense(1)]);
    using regressor = new Trainer(regression, {
      device,
      loss: meanSquaredError(),
      optimizer: adam({ learningRate: 0.05 }),
    });
    await regressor.fit(rows, { epochs: 40, batchSize: 32 });

    return {
      digits: {
        history,
        truth: parts.test!.labels as Uint32Array,
        probabilities,
        predicted: argmaxRows(probabilities, 10),
        counts: { train: count(parts.train), test: count(parts.test!) },
        parameters: model.parameters(),
      },
      circle: { histories, points, truth: circle.labels as Uint32Array, probabilities: given, axis, surface },
      diabetes: { truth: test!.labels as Float32Array, predicted: (await regressor.predict(test!)).values },
    };
  } finally {
    device.dispose();
  }
}
