import { dataChoices } from "./data-sets.js";
import { optimizerEntries } from "./optimizers.js";
import type { OptimizerNumber, Settings } from "./settings.js";
import { lossOf, type Trained } from "./trained.js";

const flags: Record<OptimizerNumber, string> = {
  momentum: "momentum",
  beta1: "beta1",
  beta2: "beta2",
  weightDecay: "l2",
};

/** A word of a command, in quotes where a shell would take it apart. */
const word = (text: string) => (/^[\w.,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** A training as a line for a terminal; undefined where the command line has no such options. */
export function commandOf(settings: Settings, trained: Trained): string | undefined {
  const { data, heldOut, layers, initializer, optimizer, numbers, schedule, clipNorm, batchSize, seed, l1, l2 } =
    settings;
  const { epochs, rates } = trained;
  const isDense = layers.length > 0 && layers.every(({ kind }) => kind === undefined);
  const isPlain = rates.length === 1 && schedule === "constant" && isDense && l1 === 0 && l2 === 0;
  const isAlike = layers.every(
    ({ activation, dropout = 0 }) => activation === layers[0].activation && dropout === (layers[0].dropout ?? 0),
  );
  if (trained.isOfOtherWeights) return undefined;
  const isKnown = data === "own" ? trained.table !== undefined : dataChoices[data].from === "library";
  if (!isPlain || !isAlike || !isKnown || data === "syntheticDigits") return undefined;
  const known = optimizerEntries[optimizer].numbers;
  return [
    `npx neuromotor train ${dataOf(settings, trained)} --preset none`,
    `--layers ${layers.map(({ units }) => units).join(",")}`,
    `--activation ${layers[0].activation} --init ${initializer}`,
    ...(layers[0].dropout ? [`--dropout ${layers[0].dropout}`] : []),
    `--loss ${lossOf(settings, trained)}`,
    `--optimizer ${optimizer} --lr ${rates[0].learningRate}`,
    ...(Object.entries(numbers) as [OptimizerNumber, number][])
      .filter(([name]) => name in known)
      .map(([name, value]) => `--${flags[name]} ${value}`),
    ...(clipNorm === undefined ? [] : [`--clip-norm ${clipNorm}`]),
    `--epochs ${Math.max(1, epochs)} --batch-size ${batchSize} --test ${heldOut} --seed ${seed}`,
  ].join(" ");
}

/** The data, and how they are read. */
function dataOf({ data, task }: Settings, { table }: Trained): string {
  if (!table) return `${data} --scale ${dataChoices[data].isImage ? "none" : "standard"}`;
  const ignored = table.ignored.length > 0 ? ` --ignore ${word(table.ignored.join(","))}` : "";
  return `${word(table.file)} --target ${word(table.target)}${ignored}${task === "auto" ? "" : ` --task ${task}`}`;
}
