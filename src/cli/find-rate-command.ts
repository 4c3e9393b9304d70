import type { Command } from "commander";
import { sampleNames } from "../data/index.js";
import { type RateSearch, Trainer } from "../index.js";
import { withDevice } from "./devices.js";
import { loadData } from "./load-data.js";
import { score, short } from "./numbers.js";
import { addCommonOptions, positive, wholeNumber } from "./options.js";
import { Output, type Streams } from "./output.js";
import { settingsFor } from "./presets.js";
import { deviceFields } from "./train-command.js";
import { planTraining } from "./training.js";
import { addDataOptions, addTrainingOptions, askedSettings, type TrainingOptions } from "./training-options.js";

interface FindRateOptions extends TrainingOptions {
  from?: number;
  to?: number;
  steps?: number;
}

export function findRateCommand(program: Command, streams: Streams): void {
  const command = program
    .command("find-rate")
    .description("Look for a learning rate: how the loss goes while the rate rises from very low to very high.")
    .argument("<data>", `${sampleNames.join(", ")}, or a CSV file with --target`);
  addDataOptions(command);
  addTrainingOptions(command);
  command
    .option("--from <rate>", "the lowest rate; 1e-6", positive("--from"))
    .option("--to <rate>", "the highest rate; 10", positive("--to"))
    .option("--steps <n>", "between them; one pass over the data, 100 to 1000, where absent", wholeNumber("--steps"));
  addCommonOptions(command);
  command.action((given: string, options: FindRateOptions) =>
    runFindRate(given, options, new Output(streams, options)),
  );
}

async function runFindRate(given: string, options: FindRateOptions, output: Output): Promise<void> {
  const { data, sample } = await loadData(given, options);
  const settings = settingsFor(sample, data.rows, askedSettings(options));
  const { model, loss, optimizer, gradients, scaled } = planTraining(data, settings, options.seed);
  const { batchSize, microBatchSize } = settings;
  const { from, to, steps, seed } = options;
  await withDevice(options.backend, async (device) => {
    const trainer = new Trainer(model, { device, loss, optimizer, gradients });
    try {
      const search = await trainer.findLearningRate(scaled.train, { from, to, steps, batchSize, microBatchSize, seed });
      const { suggestion } = search;
      output.detail(`${data.name} in batches of ${batchSize} with ${settings.optimizer} on ${device.description}\n`);
      output.detail(`${drawSearch(search)}\n`);
      output.result(
        suggestion === undefined
          ? "the loss falls at no rate: try another range with --from and --to"
          : `suggested: --lr ${short(suggestion)}, where the loss falls fastest`,
      );
      output.json({ data: data.name, batchSize, ...deviceFields(device), ...search, suggestion: suggestion ?? null });
    } finally {
      trainer.dispose();
    }
  });
}

const WIDTH = 60;
const HEIGHT = 12;

/** The smoothed loss over the rate, on a scale of decades; what is far above the first loss is cut off. */
export function drawSearch({ rates, smoothed, suggestion }: RateSearch): string {
  if (smoothed.length < 2) return "the loss is NaN or infinite from the first steps on";
  const low = Math.min(...smoothed);
  const high = Math.min(Math.max(...smoothed), smoothed[0] + (smoothed[0] - low) / 2 || Number.POSITIVE_INFINITY);
  const columnOf = (rate: number) =>
    Math.round((Math.log(rate / rates[0]) / Math.log(rates.at(-1)! / rates[0])) * (WIDTH - 1));
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(WIDTH).fill(" "));
  rates.forEach((rate, i) => {
    const share = high > low ? (high - smoothed[i]) / (high - low) : 1;
    if (share >= 0) grid[Math.round(share * (HEIGHT - 1))][columnOf(rate)] = "*";
  });
  const labels = [score(high), ...new Array<string>(HEIGHT - 2).fill(""), score(low)];
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = grid.map((cells, row) => `${labels[row].padStart(margin)} |${cells.join("").trimEnd()}`);
  const pointer = suggestion === undefined ? [] : [`${" ".repeat(margin + 2 + columnOf(suggestion))}^`];
  const [first, last] = [short(rates[0]), short(rates.at(-1)!)];
  return [
    ...lines,
    `${" ".repeat(margin)} +${"-".repeat(WIDTH)}`,
    ...pointer,
    `${" ".repeat(margin + 2)}${first}${last.padStart(WIDTH - first.length)}`,
  ].join("\n");
}
