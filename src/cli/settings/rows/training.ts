import { earlyStopping } from "../../../index.js";
import * as kinds from "../kinds.js";
import { group } from "../setting.js";

export const fitSettings = group("Training", {
  epochs: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "epochs" },
    value: "n",
    help: "passes over the training part, at most",
    default: 100,
  },
  batchSize: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "batchSize" },
    value: "n",
    help: "rows per step",
    default: 32,
  },
  microBatchSize: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "microBatchSize" },
    value: "n",
    help: "rows of a batch at a time, where all don't fit",
    otherwise: "all",
    short: "micro-batch",
  },
  maxRows: {
    kind: kinds.wholeNumber,
    goes: { to: "rows" },
    value: "n",
    help: "use so many rows at most, drawn by the seed; a test part that was published stays whole",
    otherwise: "all",
  },
  validation: {
    kind: kinds.fraction,
    goes: { to: "split", part: "validation" },
    value: "fraction",
    help: "of the rows, to watch while training; 0 for none",
    default: 0,
  },
  test: {
    kind: kinds.fraction,
    goes: { to: "split", part: "test" },
    value: "fraction",
    help: "of the rows, held out for the report; 0 for none, or the test part that was published",
    default: 0.2,
  },
});

/** For commands that train to the end. */
export const epochSettings = group("Training", {
  augment: {
    kind: kinds.augmentation,
    goes: { to: "fit", option: "augment", from: kinds.augmentationOf },
    value: "changes",
    help:
      "change training images at random in every epoch: shift (pixels), rotate (degrees), scale (share), elastic " +
      "(pixels), flip, noise (deviation), cutout (pixels), such as shift=2,rotate=10,flip",
    otherwise: "none",
  },
  buckets: {
    kind: kinds.wholeNumbers("lengths of sequences, such as 16,32,64"),
    goes: { to: "fit", option: "buckets" },
    value: "lengths",
    help: "of columns of texts: rows of about the same length go together, in batches of as many places as they need",
    otherwise: "all batches have all places",
  },
});

export const earlyStoppingSettings = group("Training", {
  earlyStopping: {
    kind: kinds.optionalCount(10),
    goes: {
      to: "callbacks",
      callback: (patience: number, { monitor }) => earlyStopping({ patience, monitor: monitor as string | undefined }),
    },
    value: "patience",
    help: "stop after so many epochs without a better validation loss, and go back to the best",
    default: 0,
    before: ({ patience }) => patience,
  },
  monitor: {
    kind: { ...kinds.oneOf<"loss" | "accuracy" | "r2">(["loss", "accuracy", "r2"]), examples: ["loss", "accuracy"] },
    goes: { to: "monitor" },
    value: "score",
    help: "what early stopping goes by: loss, accuracy (of classes), r2 (of numbers)",
    otherwise: "loss",
  },
  validateEvery: {
    kind: kinds.wholeNumber,
    goes: { to: "fit", option: "validateEvery" },
    value: "n",
    help: "epochs from one validation to the next",
    otherwise: "1",
  },
  trainingScores: {
    kind: kinds.flag,
    goes: { to: "fit", option: "trainingScores" },
    help: "also evaluate the training part after each epoch, without dropout",
  },
});
