import { type RateSearch, Trainer } from "../../index.js";
import { positive, wholeNumber } from "../settings/kinds.js";
import { settingsFor } from "../settings/resolve.js";
import { group, without } from "../settings/setting.js";
import { commonSettings, trainingSettings } from "../settings/table.js";
import { score, short } from "../text/numbers.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { dataNames, factsOf, loadData } from "../training/load-data.js";
import { planTraining } from "../training/plan.js";
import { command, type Invocation } from "./command.js";

const settings = {
  ...group("Search", {
    from: { kind: positive, goes: { to: "command" }, value: "rate", help: "the lowest rate", default: 1e-6 },
    to: { kind: positive, goes: { to: "command" }, value: "rate", help: "the highest rate", default: 10 },
    steps: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "between them",
      otherwise: "one pass over the data, 100 to 1000",
    },
  }),
  ...without(trainingSettings, "learningRate", "epochs", "schedule"),
  ...commonSettings,
};

export const findRate = command({
  name: "find-rate",
  description: "Look for a learning rate: how the loss goes while the rate rises from very low to very high.",
  arguments: [{ name: "data", help: `${dataNames.join(", ")}, a file with --target, or a folder of images by class` }],
  settings,
  run: runFindRate,
});

async function runFindRate({
  args: [given],
  asked,
  values: options,
  output,
}: Invocation<typeof settings>): Promise<void> {
  const loaded = await loadData(given, options);
  const { data } = loaded;
  const settings = settingsFor(factsOf(loaded), asked);
  const { model, loss, optimizer, gradients, scaled } = planTraining(loaded, settings, options.seed);
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
