import type { Command } from "commander";
import { isSampleName, sampleNames } from "../data/index.js";
import { ArgumentError, type Explanation, type Schedule, Trainer } from "../index.js";
import { withDevice } from "./devices.js";
import { loadData } from "./load-data.js";
import { type NotebookNetwork, notebook } from "./notebook.js";
import { plural, short } from "./numbers.js";
import { addCommonOptions, wholeNumber } from "./options.js";
import { Output, type Streams } from "./output.js";
import { type Settings, settingsFor } from "./presets.js";
import { scheduleFor } from "./schedules.js";
import { deviceFields } from "./train-command.js";
import { gradientsFor, optimizerFor, planTraining } from "./training.js";
import { addDataOptions, addTrainingOptions, askedSettings, type TrainingOptions } from "./training-options.js";

interface ExplainCommandOptions extends TrainingOptions {
  rows?: number;
}

/** More rows than this are more than anyone works through. */
const ROWS = 4;

const NOTATION =
  "· matrix product, ⊙ product of elements, ᵀ transpose, Σᵢ sum over rows,\n" +
  "Σⱼ over columns, [a > b] 1 where that holds, else 0; x' is x after the step,\n" +
  "‖x‖ᵢ the root of Σᵢ x²";

/** Longer lines are hard to follow from end to end. */
const WIDEST = 100;

export function explainCommand(program: Command, streams: Streams): void {
  const command = program
    .command("explain")
    .description("Work a training step as by hand: every equation with its numbers.")
    .argument("[data]", `${sampleNames.join(", ")}, neuron, or a CSV file with --target`, "xor");
  addDataOptions(command);
  command.option("--rows <n>", `of the training part that the step takes; ${ROWS}`, wholeNumber("--rows"));
  addTrainingOptions(command);
  addCommonOptions(command);
  command.addHelpText(
    "after",
    "\nThe first step is explained, or with --epochs the one after so many epochs of training." +
      "\nxor and neuron are networks with given weights, as textbooks work them by hand (sgd at rate 0.5 and 0.1);" +
      "\nwith --layers, --activation, --dropout, --input-noise, --init or --loss, xor is the network of train xor, as other " +
      "data sets are.",
  );
  command.action((given: string, options: ExplainCommandOptions) =>
    runExplain(given, options, new Output(streams, options)),
  );
}

async function runExplain(given: string, options: ExplainCommandOptions, output: Output): Promise<void> {
  const subject = await subjectOf(given, options);
  const { title, data, batch, settings, trainer: parts } = subject;
  const { epochs = 0, seed } = options;
  await withDevice(options.backend, async (device) => {
    const trainer = new Trainer(parts.model, { device, ...parts });
    try {
      const { batchSize, microBatchSize } = settings;
      if (epochs > 0) await trainer.fit(data, { epochs, batchSize, microBatchSize, seed });
      const explanation = await trainer.explainStep(batch, { seed });
      const { rows, step, optimizer, learningRate, loss } = explanation;
      const trained = epochs > 0 ? `, after ${plural(epochs, "epoch")}` : "";
      output.detail(
        `${title}: step ${step}${trained}, on ${plural(rows, "row")}, ${optimizer} at rate ${short(learningRate)}`,
      );
      output.detail();
      output.detail(NOTATION);
      output.detail();
      output.result(explanation.format({ width: Math.min(output.width, WIDEST) }));
      output.json({
        data: data.name,
        ...deviceFields(device),
        seed,
        epochs,
        rows,
        step,
        optimizer,
        learningRate,
        loss,
        steps: stepsOf(explanation),
      });
    } finally {
      trainer.dispose();
    }
  });
}

/** What is explained: a network, the data it may be trained on first, and the rows of the step. */
async function subjectOf(given: string, options: ExplainCommandOptions) {
  const asked = askedSettings(options);
  const fixed = await notebookNetwork(given, options, asked);
  const { data, sample } = fixed ? { data: fixed.data, sample: "xor" } : await loadData(given, options);
  const settings = settingsFor(sample, data.rows, asked);
  if (fixed && asked.optimizer === undefined) {
    Object.assign(settings, { optimizer: "sgd", learningRate: asked.learningRate ?? fixed.learningRate });
  }
  const schedule = scheduleOf(settings, asked);
  if (fixed) {
    const { title, model, loss } = fixed;
    const trainer = { model, loss, optimizer: optimizerFor(settings), gradients: gradientsFor(settings), schedule };
    return { title: `${data.name}, ${title}`, data, batch: firstRows(data, options.rows), settings, trainer };
  }
  const { model, loss, optimizer, gradients, scaled } = planTraining(data, settings, options.seed);
  const batch = firstRows(scaled.train, options.rows);
  const trainer = { model, loss, optimizer, gradients, schedule };
  return { title: data.name, data: scaled.train, batch, settings, trainer };
}

/** For the epochs before the step and the one that the step is in. */
const scheduleOf = (settings: Settings, { epochs }: Partial<Settings>): Schedule =>
  scheduleFor(epochs === undefined ? settings : { ...settings, epochs: epochs + 1 });

const firstRows = (data: NotebookNetwork["data"], rows = ROWS) =>
  data.take(Array.from({ length: Math.min(rows, data.rows) }, (_, row) => row));

/** The network with given weights that was meant, if it was one. @throws ArgumentError when options don't fit it */
async function notebookNetwork(
  given: string,
  { target, weights }: ExplainCommandOptions,
  { layers, activation, dropout, inputNoise, initializer, loss, lossOptions }: Partial<Settings>,
): Promise<NotebookNetwork | undefined> {
  if (!Object.hasOwn(notebook, given)) return undefined;
  const others = [target, weights, layers, activation, dropout, inputNoise, initializer, loss, lossOptions];
  if (others.every((other) => other === undefined)) return notebook[given]();
  if (isSampleName(given)) return undefined;
  throw new ArgumentError(
    `explain ${given}: its network, loss and data are given; --lr and the optimizer's options can be chosen.`,
  );
}

/** As plain lists; `worked` is the element that the text works out. */
const stepsOf = (explanation: Explanation) =>
  explanation.steps.map((step) => {
    const { name, symbol, section, equation = null, where = null, shape, values } = step;
    return {
      name,
      symbol,
      section,
      equation,
      where,
      shape,
      values: Array.from(values, shortest),
      worked: explanation.example(step),
    };
  });

/** The fewest digits that are the same float32: 0.8, not 0.800000011920929. */
function shortest(value: number): number {
  for (const digits of [6, 7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}
