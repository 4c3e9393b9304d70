import type { Command } from "commander";
import { type ActivationName, activations, initializerNames } from "../index.js";
import type { Task } from "./load-data.js";
import { lossNames } from "./losses.js";
import {
  atLeastZero,
  type CommonOptions,
  fraction,
  layerSizes,
  oneOf,
  patience,
  positive,
  text,
  wholeNumber,
} from "./options.js";
import { OPTIMIZERS, type OptimizerName, SCHEDULES, type ScheduleName, type Settings } from "./presets.js";

/** What commander makes of the options below. */
export interface TrainingOptions extends CommonOptions {
  target?: string;
  weights?: string;
  task?: Task;
  layers?: number[];
  activation?: ActivationName;
  dropout?: number;
  l2?: number;
  inputNoise?: number;
  maxNorm?: number;
  clipNorm?: number;
  init?: string;
  loss?: string;
  labelSmoothing?: number;
  positiveWeight?: number;
  gamma?: number;
  alpha?: number;
  delta?: number;
  optimizer?: OptimizerName;
  lr?: number;
  momentum?: number;
  schedule?: ScheduleName;
  epochs?: number;
  batchSize?: number;
  microBatch?: number;
  validation?: number;
  test?: number;
  earlyStopping?: number | boolean;
}

const ACTIVATIONS = Object.keys(activations) as ActivationName[];
const TASKS: Task[] = ["auto", "classification", "regression"];

const DEFAULT_PATIENCE = 10;

/** Which column of a CSV file to learn. */
export function addDataOptions(command: Command): Command {
  return command
    .option("--target <column>", "column of the CSV file to predict", text("--target", "a column's name"))
    .option(
      "--weights <column>",
      "column of the CSV file with the weight of each row in training",
      text("--weights", "a column's name"),
    )
    .option("--task <name>", TASKS.join(", "), oneOf("--task", TASKS), "auto" as Task);
}

/** How to train; every default is the data set's own. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option("--layers <sizes>", "hidden layers, such as 128,64", layerSizes("--layers"))
    .option("--activation <name>", ACTIVATIONS.join(", "), oneOf("--activation", ACTIVATIONS))
    .option("--dropout <rate>", "after each hidden layer, 0 to less than 1", fraction("--dropout"))
    .option("--l2 <factor>", "L2 penalty, the optimizer's weight decay", atLeastZero("--l2"))
    .option("--input-noise <deviation>", "added to the (scaled) features while training", atLeastZero("--input-noise"))
    .option("--max-norm <limit>", "of the weights of each unit", positive("--max-norm"))
    .option("--clip-norm <limit>", "of each step's gradients, all taken as one", positive("--clip-norm"))
    .option("--init <name>", `first weights: ${initializerNames.join(", ")}`, oneOf("--init", initializerNames))
    .option("--loss <name>", lossNames.join(", "), oneOf("--loss", lossNames))
    .option("--label-smoothing <share>", "of softmaxCrossEntropy, 0 to less than 1", fraction("--label-smoothing"))
    .option("--positive-weight <factor>", "of sigmoidCrossEntropy: what a yes counts", positive("--positive-weight"))
    .option("--gamma <power>", "of focal and categoricalFocal; 2", atLeastZero("--gamma"))
    .option("--alpha <weight>", "of focal: weight of a yes; 0.25", fraction("--alpha"))
    .option("--delta <distance>", "of huber, in deviations of the target; 1", positive("--delta"))
    .option("--optimizer <name>", OPTIMIZERS.join(", "), oneOf("--optimizer", OPTIMIZERS))
    .option("--lr <rate>", "learning rate", positive("--lr"))
    .option("--momentum <factor>", "of sgd and rmsprop, 0 to less than 1", fraction("--momentum"))
    .option(
      "--schedule <name>",
      `learning rate over the epochs: ${SCHEDULES.join(", ")}`,
      oneOf<ScheduleName>("--schedule", SCHEDULES),
    )
    .option("--epochs <n>", "passes over the training part, at most", wholeNumber("--epochs"))
    .option("--batch-size <n>", "rows per step", wholeNumber("--batch-size"))
    .option("--micro-batch <n>", "rows of a batch at a time, where all don't fit", wholeNumber("--micro-batch"))
    .option("--validation <fraction>", "of the rows, to watch while training; 0 for none", fraction("--validation"))
    .option("--test <fraction>", "of the rows, held out for the report; 0 for none", fraction("--test"));
}

/** Both ways of early stopping, where the number of epochs may differ from run to run. */
export function addEarlyStopping(command: Command): Command {
  return command
    .option(
      "--early-stopping [patience]",
      "stop after so many epochs without a better validation loss, and go back to the best",
      patience("--early-stopping"),
    )
    .option("--no-early-stopping", "train for all epochs");
}

/** The settings that were asked for. */
export function askedSettings(options: TrainingOptions): Partial<Settings> {
  const { layers, activation, dropout, l2, loss, optimizer, momentum, schedule, epochs, batchSize } = options;
  const { earlyStopping, validation, test, labelSmoothing, positiveWeight, gamma, alpha, delta } = options;
  const given = Object.entries({ labelSmoothing, positiveWeight, gamma, alpha, delta }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    layers,
    activation,
    dropout,
    l2,
    inputNoise: options.inputNoise,
    maxNorm: options.maxNorm,
    clipNorm: options.clipNorm,
    initializer: options.init,
    loss,
    lossOptions: given.length > 0 ? Object.fromEntries(given) : undefined,
    optimizer,
    learningRate: options.lr,
    momentum,
    schedule,
    epochs,
    batchSize,
    microBatchSize: options.microBatch,
    validation,
    test,
    patience: earlyStopping === true ? DEFAULT_PATIENCE : earlyStopping === false ? 0 : earlyStopping,
  };
}
