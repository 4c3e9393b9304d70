import type { CpuKernel } from "./kernel.js";
import { logSumExp } from "./softmax.js";

/** loss = log Σ e^z - (1 - smoothing) z[label] - smoothing mean(z) */
export const softmaxCrossEntropy: CpuKernel = ({ inputs, attributes }, [logits, labels], loss) => {
  const classes = inputs[0].shape.at(-1)!;
  const smoothing = attributes.smoothing as number;
  return () => {
    for (let row = 0; row < loss.length; row++) {
      const start = row * classes;
      let mean = 0;
      for (let j = 0; j < classes; j++) mean += logits[start + j] / classes;
      const target = (1 - smoothing) * logits[start + labels[row]] + smoothing * mean;
      loss[row] = logSumExp(logits, start, classes) - target;
    }
  };
};

/**
 * dlogits = dy (softmax(z) - (1 - smoothing) one_hot(label) - smoothing / classes), where the label's softmax - 1 is taken
 * as minus the sum of all others: near 1 the difference would lose its digits.
 */
export const softmaxCrossEntropyGradient: CpuKernel = ({ inputs, attributes }, [logits, labels, dy], dlogits) => {
  const classes = inputs[0].shape.at(-1)!;
  const smoothing = attributes.smoothing as number;
  return () => {
    for (let row = 0; row < labels.length; row++) {
      const start = row * classes;
      const normaliser = logSumExp(logits, start, classes);
      const label = Math.min(labels[row], classes - 1);
      let others = 0;
      for (let j = 0; j < classes; j++) {
        if (j === label) continue;
        const probability = Math.exp(logits[start + j] - normaliser);
        others += probability;
        dlogits[start + j] = dy[row] * (probability - smoothing / classes);
      }
      dlogits[start + label] = dy[row] * (smoothing - smoothing / classes - others);
    }
  };
};

/** Mean loss, number of correct rows and the logits' gradient of one batch. */
export const fusedSoftmaxCrossEntropy: CpuKernel = (
  { inputs, attributes },
  [results, logits, labels, order],
  dlogits,
) => {
  const [batch, classes] = inputs[1].shape;
  const slots = inputs[0].shape[1];
  const { smoothing, lossSlot, correctSlot } = attributes as {
    smoothing: number;
    lossSlot: number;
    correctSlot: number;
  };
  return ({ index, first, rows }) => {
    let loss = 0;
    let correct = 0;
    for (let row = 0; row < batch; row++) {
      const start = row * classes;
      const label = Math.min(labels[order[first + Math.min(row, rows - 1)]], classes - 1);
      const normaliser = logSumExp(logits, start, classes);
      let best = 0;
      let mean = 0;
      let others = 0;
      const store = (j: number, gradient: number) => {
        dlogits[start + j] = row < rows ? gradient / rows : 0;
      };
      for (let j = 0; j < classes; j++) {
        if (logits[start + j] > logits[start + best]) best = j;
        mean += logits[start + j] / classes;
        if (j === label) continue;
        const probability = Math.exp(logits[start + j] - normaliser);
        others += probability;
        store(j, probability - smoothing / classes);
      }
      store(label, smoothing - smoothing / classes - others);
      if (row >= rows) continue;
      loss += normaliser - (1 - smoothing) * logits[start + label] - smoothing * mean;
      if (best === label) correct++;
    }
    write(index * slots + lossSlot, loss / rows);
    if (correctSlot >= 0) write(index * slots + correctSlot, correct);
  };

  function write(slot: number, value: number): void {
    results[slot * 2] = value;
    results[slot * 2 + 1] = Number.isFinite(value) ? 0 : 1;
  }
};
