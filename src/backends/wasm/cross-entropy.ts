import { sizeOf } from "../../core/shape.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";
import { rowBytes } from "./softmax.js";
import { bitsOf } from "./writer.js";

const perRow = (kernel: Kernel) =>
  withResult(({ inputs: [logits, labels, dy], attributes }, y, writer) => {
    const classes = logits.shape.at(-1)!;
    const [row] = writer.own(rowBytes(classes));
    writer.instruction(
      kernel,
      [
        y,
        writer.address(logits),
        writer.address(labels),
        dy ? writer.address(dy) : 0,
        sizeOf(labels.shape),
        classes,
        row,
        bitsOf(attributes.smoothing as number),
      ],
      sizeOf(logits.shape),
    );
  });

export const softmaxCrossEntropy = perRow(Kernel.softmaxCrossEntropy);
export const softmaxCrossEntropyGradient = perRow(Kernel.softmaxCrossEntropyGradient);

/** One thread for the whole batch, so that losses and correct rows are added up where they are found. */
export const fusedSoftmaxCrossEntropy = withResult(({ inputs, attributes }, y, writer) => {
  const [results, logits, labels, order] = inputs;
  const [batch, classes] = logits.shape;
  const { smoothing, lossSlot, correctSlot } = attributes as {
    smoothing: number;
    lossSlot: number;
    correctSlot: number;
  };
  const [row] = writer.own(rowBytes(classes));
  const from = [logits, labels, order].map((input) => writer.address(input));
  writer.instruction(
    Kernel.fusedSoftmaxCrossEntropy,
    [
      y,
      ...from,
      batch,
      classes,
      row,
      bitsOf(smoothing),
      writer.address(results),
      results.shape[1],
      lossSlot,
      correctSlot,
    ],
    0,
  );
});
