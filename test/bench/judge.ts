import type { TrainingTask } from "./contestant.js";
import { isRecurrent } from "./jobs.js";

/* The network of a task in plain float64: the same judge for all. */

type Network = Pick<TrainingTask, "input" | "weights">;

interface Images {
  shape: readonly number[];
  values: Float64Array;
}

/** Mean loss and accuracy of parameters on samples. */
export function judge(
  network: Network,
  parameters: readonly Float32Array[],
  samples: Pick<TrainingTask, "features" | "labels">,
) {
  const { features, labels } = samples;
  const size = features.length / labels.length;
  const logits = [...labels].flatMap((_, row) => [
    ...forward(network, parameters, Float64Array.from(features.subarray(row * size, (row + 1) * size))),
  ]);
  return judgeLogits(logits, labels);
}

/** Mean loss and accuracy of logits, [rows, classes]. */
export function judgeLogits(logits: ArrayLike<number>, labels: Uint32Array) {
  const classes = logits.length / labels.length;
  let loss = 0;
  let hits = 0;
  labels.forEach((label, row) => {
    const values = Array.from({ length: classes }, (_, i) => logits[row * classes + i]);
    const top = Math.max(...values);
    const total = values.reduce((sum, value) => sum + Math.exp(value - top), 0);
    loss += Math.log(total) + top - values[label];
    hits += Number(values[label] === top);
  });
  return { loss: loss / labels.length, accuracy: hits / labels.length };
}

function forward({ input, weights }: Network, parameters: readonly Float32Array[], sample: Float64Array): Float64Array {
  const recurrent = isRecurrent(input);
  let x: Images = { shape: input, values: recurrent ? lastState(input, parameters, sample) : sample };
  weights.forEach((shape, layer) => {
    if (recurrent && layer < 2) return;
    const [weight, bias] = [parameters[2 * layer], parameters[2 * layer + 1]];
    const isLast = layer + 1 === weights.length;
    if (shape.length === 4) x = pooled(relu(convolved(x, shape, weight, bias)));
    else x = isLast ? multiplied(x, weight, bias) : relu(multiplied(x, weight, bias));
  });
  return x.values;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Of an LSTM, gates i f g o. */
function lastState(
  [time, features]: readonly number[],
  [inputWeight, inputBias, hiddenWeight, hiddenBias]: readonly Float32Array[],
  sample: Float64Array,
): Float64Array {
  const units = hiddenBias.length / 4;
  let h = new Float64Array(units);
  const c = new Float64Array(units);
  for (let t = 0; t < time; t++) {
    const place = { shape: [features], values: sample.subarray(t * features, (t + 1) * features) };
    const [z, own] = [
      multiplied(place, inputWeight, inputBias).values,
      multiplied({ shape: [units], values: h }, hiddenWeight, hiddenBias).values,
    ];
    const gate = (number: number, u: number) => z[number * units + u] + own[number * units + u];
    h = Float64Array.from(h, (_, u) => {
      c[u] = sigmoid(gate(1, u)) * c[u] + sigmoid(gate(0, u)) * Math.tanh(gate(2, u));
      return sigmoid(gate(3, u)) * Math.tanh(c[u]);
    });
  }
  return h;
}

const relu = ({ shape, values }: Images): Images => ({ shape, values: values.map((value) => Math.max(value, 0)) });

function multiplied({ values }: Images, weight: Float32Array, bias: Float32Array): Images {
  const units = bias.length;
  const sums = Float64Array.from(bias);
  values.forEach((value, i) => {
    if (value !== 0) for (let j = 0; j < units; j++) sums[j] += value * weight[i * units + j];
  });
  return { shape: [units], values: sums };
}

function convolved(
  x: Images,
  [down, across, channels, filters]: readonly number[],
  weight: Float32Array,
  bias: Float32Array,
): Images {
  const [height, width] = [x.shape[0] - down + 1, x.shape[1] - across + 1];
  const values = new Float64Array(height * width * filters);
  for (let place = 0; place < height * width; place++) {
    const [y, column] = [Math.floor(place / width), place % width];
    const sums = values.subarray(place * filters, (place + 1) * filters);
    sums.set(bias);
    for (let tap = 0; tap < down * across * channels; tap++) {
      const [ky, kx, c] = [Math.floor(tap / channels / across), Math.floor(tap / channels) % across, tap % channels];
      const value = x.values[((y + ky) * x.shape[1] + column + kx) * channels + c];
      if (value !== 0) for (let j = 0; j < filters; j++) sums[j] += value * weight[tap * filters + j];
    }
  }
  return { shape: [height, width, filters], values };
}

/** The largest of each 2 × 2 pixels. */
function pooled({ shape: [height, width, channels], values }: Images): Images {
  const [down, across] = [height >> 1, width >> 1];
  const largest = new Float64Array(down * across * channels);
  for (let i = 0; i < largest.length; i++) {
    const [y, x, c] = [Math.floor(i / channels / across), Math.floor(i / channels) % across, i % channels];
    const at = (dy: number, dx: number) => values[((2 * y + dy) * width + 2 * x + dx) * channels + c];
    largest[i] = Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1));
  }
  return { shape: [down, across, channels], values: largest };
}
