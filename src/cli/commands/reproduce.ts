import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atomicWrite } from "../../node/atomic-write.js";
import { DataLoader } from "../experiments/data.js";
import { inMarkdown } from "../experiments/markdown.js";
import { reproductionOf } from "../experiments/page.js";
import { type Row, reproduceRow } from "../experiments/row.js";
import { seedsCsv } from "../experiments/seeds-csv.js";
import { ResultStore } from "../experiments/store.js";
import { ALL, experimentsOf, reports } from "../experiments/tables/index.js";
import { formatRow, HEADING, summary, VERDICTS } from "../experiments/text.js";
import { checkPage, pageOptions, requirePage, writePage } from "../runs/page.js";
import { flag, text, wholeNumber } from "../settings/kinds.js";
import { commandLine } from "../settings/options.js";
import { group } from "../settings/setting.js";
import { commonSettings, pageSettings, targetSettings } from "../settings/table.js";
import { epochBar } from "../text/progress.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { command, type Invocation } from "./command.js";

/** Trainings of each cell. */
const SEEDS = 3;

const settings = {
  ...group("Experiments", {
    quick: {
      kind: flag,
      goes: { to: "command" },
      help: "cut long trainings short, whose figures aren't compared then: shows that every row works",
    },
    seeds: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "trainings of each cell, each with the next seed; more count where --out holds them",
      otherwise: `${SEEDS}, and 1 where --quick cuts short`,
    },
    out: {
      kind: text("a folder's name"),
      goes: { to: "command" },
      value: "folder",
      help: "keep all results there, with report.html and seeds.csv, and go on with those that are there already",
    },
  }),
  ...pageSettings,
  ...group("Data", { dataDir: targetSettings.dataDir }),
  ...commonSettings,
};

export const reproduce = command({
  name: "reproduce",
  description: "Do published experiments again: their figures beside ours.",
  arguments: [
    {
      name: "row",
      help: `reports (${Object.keys(reports).join(", ")}) or rows of them, such as A4 C5`,
      default: ALL,
      variadic: true,
    },
  ],
  settings,
  notes:
    "A figure is reached where the mean over the seeds is at least as good within two standard errors. Of figures that follow\n" +
    "from the rules alone all decimals must be equal. Rows R1, R2, ... are records, beyond what was published.",
  run: runReproduce,
});

async function runReproduce({ args, asked, given, values, output }: Invocation<typeof settings>): Promise<void> {
  const { quick = false, out, seed, dataDir } = values;
  const seedsOf = (isCut: boolean) =>
    Array.from({ length: values.seeds ?? (isCut ? 1 : SEEDS) }, (_, i) => (seed + i) % Number.MAX_SAFE_INTEGER);
  const experiments = experimentsOf(args);
  requirePage(asked, out !== undefined, "--out");
  const page = await pageOptions(values);
  if (out !== undefined) await checkPage(out);
  const store = await ResultStore.open(out);
  const folder = await mkdtemp(join(tmpdir(), "neuromotor-experiments-"));
  const loader = new DataLoader(folder, { dataDir, isQuick: quick });
  try {
    await withDevice(values.backend, async (device) => {
      output.detail(`device: ${device.description}\n`);
      output.detail(HEADING);
      const rows: Row[] = [];
      for (const experiment of experiments) {
        const row = await reproduceRow(experiment, {
          device,
          seeds: seedsOf(quick && experiment.quick !== undefined),
          isQuick: quick,
          store,
          load: (...asked) => loader.load(...asked),
          watchers: epochBar(output, `${experiment.id} `),
        });
        rows.push(row);
        output.result(formatRow(row, rows.at(-2)));
        if (row.problem) output.note(`neuromotor: ${experiment.id} has no data: ${row.problem.split("\n")[0]}`);
      }
      output.result(`\n${summary(rows)}`);
      if (out !== undefined) {
        await atomicWrite(join(out, "results.md"), inMarkdown(rows, device));
        await atomicWrite(join(out, "seeds.csv"), seedsCsv(rows));
        const subject = reproductionOf(rows, commandLine("reproduce", args, settings, given), page.language);
        output.detail(`Its report: ${await writePage(subject, out, page)}`);
      }
      output.json({ ...deviceFields(device), quick, rows: rows.map(rowAsJson) });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowAsJson({ experiment, figures, main, verdict, seconds, problem }: Row): Record<string, unknown> {
  const { id, item, chosen } = experiment;
  return {
    id,
    item,
    published: main.published ?? null,
    mean: main.mean ?? null,
    deviation: main.deviation ?? null,
    seeds: main.seeds,
    seconds,
    verdict: VERDICTS[verdict],
    figures: figures.map(({ name, score, published, mean, deviation, verdict, seeds, command }) => ({
      name,
      score,
      published: published ?? null,
      mean: mean ?? null,
      deviation: deviation ?? null,
      seeds,
      verdict: VERDICTS[verdict],
      command,
    })),
    ...(chosen && { chosen }),
    ...(problem && { problem }),
  };
}
