import { join } from "node:path";
import { ArgumentError, type SweptConfiguration } from "../../index.js";
import { makeFolder } from "../../node/make-folder.js";
import { openJournal } from "../../node.js";
import { cellOf, trainBest } from "../runs/best-trial.js";
import { checkPage, pageOptions, requirePage } from "../runs/page.js";
import { runAsJson } from "../runs/run.js";
import { writeSearchPage } from "../runs/search.js";
import { COMMAND, checkSameSweep, JOURNAL, type KeptCommand } from "../runs/sweep.js";
import { askedBy, spaceOf, type TextSpace, textsOf } from "../settings/search.js";
import { plural, score } from "../text/numbers.js";
import { configurationText, formatTrials } from "../text/sweep-table.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { dataNames, loadData } from "../training/load-data.js";
import { checkObjectives, type SweepPlan, settingsOfTrial, sweepOn } from "../training/sweep.js";
import { checkMachines, machinesFor } from "../workers/machines.js";
import { command } from "./command.js";
import { showBest, showStatus } from "./sweep-folder.js";
import { type SweepCall, sweepSettings } from "./sweep-settings.js";

export const sweep = command({
  name: "sweep",
  description: "Search for the best settings: many trainings side by side, ranked by their validation part.",
  arguments: [
    { name: "data", help: `${dataNames.join(", ")}, a file with --target, or a folder of images; or status, or best` },
    { name: "folder", help: "of a sweep, for status and best", default: "" },
  ],
  settings: sweepSettings,
  notes:
    "With --out a sweep that was stopped goes on where it was, by the same command; more --trials go on as well.\n" +
    "neuromotor sweep status FOLDER shows its trials (with --report it writes report.html there, while the sweep still\n" +
    "runs as well), neuromotor sweep best FOLDER --out MODEL trains the best again and saves it. FOLDER/sweep.journal is Optuna's: its library and optuna-dashboard open it.",
  run: (call) => (call.args[0] === "status" ? showStatus(call) : call.args[0] === "best" ? showBest(call) : run(call)),
});

/** Options that are searched where none are named. */
const USUAL: TextSpace = {
  lr: { low: 1e-4, high: 0.1, log: true },
  dropout: { low: 0, high: 0.5 },
  layers: ["16", "32", "64", "64,32"],
};

/** Options that decide where and how results are written, not what is trained. */
const ASIDE = [
  "out",
  "report",
  "trials",
  "language",
  "png",
  "json",
  "quiet",
  "backend",
  "workers",
  "queue",
  "anyVariant",
];

/** The space that is searched: an option that has its value isn't. @throws ArgumentError when one is searched all the same */
function searchedSpace({ search }: SweepCall["values"], asked: SweepCall["asked"]): TextSpace {
  const isGiven = (name: string) => Object.keys(askedBy({ [name]: sample(name) })).some((each) => each in asked);
  const sample = (name: string) => {
    const values = (search ? spaceOf(search) : USUAL)[name];
    return "low" in values ? values.low : values[0];
  };
  if (!search) {
    const space = Object.fromEntries(Object.entries(USUAL).filter(([name]) => !isGiven(name)));
    if (Object.keys(space).length > 0) return space;
    throw new ArgumentError("sweep: every setting of the usual search was given. Name others with --search.");
  }
  const space = spaceOf(search);
  const twice = Object.keys(space).find(isGiven);
  if (twice) throw new ArgumentError(`--search varies ${twice}, which was given a value too. Leave out one of both.`);
  return space;
}

async function run(call: SweepCall): Promise<void> {
  const { args, asked, values, output } = call;
  const [name, folder] = args;
  if (folder) throw new ArgumentError(`sweep: ${folder} is one argument too many. Only status and best take a folder.`);
  const { out, method, pruning, trials, group, repeats, objective: objectives, seed } = values;
  if (values.report)
    throw new ArgumentError("--report is for sweep status FOLDER. With --out a sweep writes its report.");
  checkMachines(values);
  requirePage(asked, out !== undefined, "--out");
  const page = await pageOptions(values);
  const space = searchedSpace(values, asked);
  const loaded = await loadData(name, values);
  const plan: SweepPlan = { space, method, pruning, trials, group, repeats, objectives, seed, asked };
  settingsOfTrial(loaded, plan, {}); // refuses settings that don't fit the data before anything is written
  checkObjectives(loaded, plan);
  const kept = Object.fromEntries(Object.entries(asked).filter(([option]) => !ASIDE.includes(option)));
  const keptCommand: KeptCommand = { data: name, options: textsOf(kept, sweepSettings) };
  if (out !== undefined) {
    await checkPage(out);
    await checkSameSweep(out, keptCommand, sweepSettings);
    await makeFolder(out);
  }
  const attributes = { [COMMAND]: keptCommand };
  const journal = out === undefined ? undefined : openJournal(join(out, JOURNAL), { attributes });
  await withDevice(values.backend, async (device) => {
    output.detail(
      `${loaded.data.name}: ${plural(trials, "trial")} over ${Object.keys(space).join(", ")}, seed ${seed}`,
    );
    const queue = await machinesFor(keptCommand, values, device, output);
    output.detail(`device: ${queue?.description ?? device.description}\n`);
    let done = 0;
    let least = Number.POSITIVE_INFINITY;
    const result = await sweepOn(loaded, plan, device, {
      journal,
      queue: queue?.queue,
      onTrial({ configuration, scores, state }) {
        done++;
        if (state === "done") least = Math.min(least, scores!.loss);
        if (!output.hasBar) return;
        const loss = scores ? `loss ${score(scores.loss)}` : "";
        output.note(`${done}  ${configurationText(configuration)}: ${loss} ${state}, best ${score(least)}`);
      },
    });
    const { ranking, front, best, runs } = result;
    output.detail(`${formatTrials(ranking)}\n`);
    if (!best) throw new Error("Every trial diverged. Search smaller learning rates: --search lr=1e-5..1e-3:log.");
    const run = await trainBest(loaded, cellOf(loaded, plan, best.configuration), device);
    const { rows, evaluatedOn } = run.metrics;
    const scored = plural(rows, evaluatedOn === "test" ? "held-out row" : "row");
    output.result(`best: ${configurationText(best.configuration)}\n${run.line} on ${scored} (trained again)`);
    if (out !== undefined) {
      output.detail(`\nKept in ${out}. Its report: ${await writeSearchPage(out, page)}`);
    }
    output.json({
      data: loaded.data.name,
      seed,
      ...deviceFields(device),
      method,
      trials: runs.length,
      best: { ...trialAsJson(best), run: runAsJson(run) },
      ...(objectives.length > 1 && { front: front.map(trialAsJson) }),
      runs: runs.map(({ configuration, seed, state, scores, seconds, parameters, variant }) => ({
        configuration,
        seed,
        state,
        scores,
        seconds,
        parameters,
        variant,
      })),
      ...(out !== undefined && { out }),
    });
  });
}

const trialAsJson = ({ configuration, scores }: SweptConfiguration) => ({ configuration, scores });
