import { isSampleName, sampleNames } from "../../data/index.js";
import { ArgumentError, type Backend, type Explanation, Trainer } from "../../index.js";
import { count, wholeNumber } from "../settings/kinds.js";
import { settingsFor } from "../settings/resolve.js";
import { type Destination, group } from "../settings/setting.js";
import { commonSettings, trainingSettings } from "../settings/table.js";
import { plural, short } from "../text/numbers.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { factsOf, loadData } from "../training/load-data.js";
import { gradientsFor, optimizerFor } from "../training/optimizers.js";
import { planTraining } from "../training/plan.js";
import { scheduleFor } from "../training/schedules.js";
import { command, type Invocation } from "./command.js";
import { type TextbookNetwork, textbook } from "./textbook.js";

const NOTATION =
  "· matrix product, ⊙ product of elements, ᵀ transpose, Σᵢ sum over rows,\n" +
  "Σⱼ over columns, [a > b] 1 where that holds, else 0; x' is x after the step,\n" +
  "‖x‖ᵢ the root of Σᵢ x²";

/** Longer lines are hard to follow from end to end. */
const WIDEST = 100;

export const explainSettings = {
  ...group("Explanation", {
    // More rows are more than anyone works through.
    rows: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "of the training part that the step takes",
      default: 4,
    },
  }),
  ...trainingSettings,
  ...group("Training", {
    epochs: {
      kind: count,
      goes: { to: "command" },
      value: "n",
      help: "passes over the training part before the step",
      default: 0,
    },
  }),
  ...commonSettings,
};

export const explain = command({
  name: "explain",
  description: "Work a training step as by hand: every equation with its numbers.",
  arguments: [{ name: "data", help: `${sampleNames.join(", ")}, neuron, or a CSV file with --target`, default: "xor" }],
  settings: explainSettings,
  notes:
    "The first step is explained, or with --epochs the one after so many epochs of training." +
    "\nxor and neuron are networks with given weights, as textbooks work them by hand (sgd at rate 0.5 and 0.1);" +
    "\nwith options of data, network or loss, xor is the network of train xor, as other data sets are.",
  run: runExplain,
});

type ExplainCall = Invocation<typeof explainSettings>;

async function runExplain(call: ExplainCall): Promise<void> {
  const { values, output } = call;
  const subject = await subjectOf(call);
  const { seed, epochs } = values;
  await withDevice(values.backend, async (device) => {
    const explanation = await explainOn(subject, values, device);
    const { rows, step, optimizer, learningRate, loss } = explanation;
    const trained = epochs > 0 ? `, after ${plural(epochs, "epoch")}` : "";
    output.detail(
      `${subject.title}: step ${step}${trained}, on ${plural(rows, "row")}, ${optimizer} at rate ${short(learningRate)}`,
    );
    output.detail();
    output.detail(NOTATION);
    output.detail();
    output.result(explanation.format({ width: Math.min(output.width, WIDEST) }));
    output.json({
      data: subject.data.name,
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
  });
}

/** Trains for a number of epochs, and explains the step after. */
export async function explainOn(
  { data, batch, settings, trainer: { model, ...parts } }: ExplainSubject,
  { epochs, seed }: { epochs: number; seed: number },
  device: Backend,
): Promise<Explanation> {
  const trainer = new Trainer(model, { device, ...parts });
  try {
    const { batchSize, microBatchSize } = settings;
    if (epochs > 0) await trainer.fit(data, { epochs, batchSize, microBatchSize, seed });
    return await trainer.explainStep(batch, { seed });
  } finally {
    trainer.dispose();
  }
}

/** A network to explain, the data to train it on first, and the rows of the step. */
export type ExplainSubject = Awaited<ReturnType<typeof subjectOf>>;

export async function subjectOf({ args: [given], asked, values }: Pick<ExplainCall, "args" | "asked" | "values">) {
  const fixed = await textbookNetwork(given, asked);
  const loaded = fixed ? { data: fixed.data, sample: "xor" } : await loadData(given, values);
  const { data } = loaded;
  // The schedule is that of the epochs before the step and of the one that the step is in.
  const epochs = asked.epochs === undefined ? undefined : asked.epochs + 1;
  const settings = settingsFor(factsOf(loaded), { ...asked, epochs });
  if (fixed && asked.optimizer === undefined) {
    Object.assign(settings, { optimizer: "sgd", learningRate: asked.learningRate ?? fixed.learningRate });
  }
  const schedule = scheduleFor(settings.schedule, settings.epochs);
  if (fixed) {
    const { title, model, loss } = fixed;
    const trainer = { model, loss, optimizer: optimizerFor(settings), gradients: gradientsFor(settings), schedule };
    return { title: `${data.name}, ${title}`, data, batch: firstRows(data, values.rows), settings, trainer };
  }
  const { model, loss, optimizer, gradients, scaled } = planTraining(loaded, settings, values.seed);
  const batch = firstRows(scaled.train, values.rows);
  const trainer = { model, loss, optimizer, gradients, schedule };
  return { title: data.name, data: scaled.train, batch, settings, trainer };
}

const firstRows = (data: TextbookNetwork["data"], rows: number) =>
  data.take(Array.from({ length: Math.min(rows, data.rows) }, (_, row) => row));

/** Settings that a network with given weights fixes; optimizer and number of epochs stay open. */
const GIVEN: readonly Destination["to"][] = ["data", "rows", "layers", "dense", "before", "after", "loss"];

/** The network with given weights that was meant, if it was one. @throws ArgumentError when options don't fit it */
async function textbookNetwork(given: string, asked: ExplainCall["asked"]): Promise<TextbookNetwork | undefined> {
  if (!Object.hasOwn(textbook, given)) return undefined;
  const names = Object.keys(asked) as (keyof typeof explainSettings)[];
  if (!names.some((name) => GIVEN.includes(explainSettings[name].goes.to))) return textbook[given]();
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
