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

/** dlogits = dy (softmax(z) - (1 - smoothing) one_hot(label) - smoothing / classes) */
export const softmaxCrossEntropyGradient: CpuKernel = ({ inputs, attributes }, [logits, labels, dy], dlogits) => {
  const classes = inputs[0].shape.at(-1)!;
  const smoothing = attributes.smoothing as number;
  return () => {
    for (let row = 0; row < labels.length; row++) {
      const start = row * classes;
      const normaliser = logSumExp(logits, start, classes);
      for (let j = 0; j < classes; j++) {
        const target = (j === labels[row] ? 1 - smoothing : 0) + smoothing / classes;
        dlogits[start + j] = dy[row] * (Math.exp(logits[start + j] - normaliser) - target);
      }
    }
  };
};
