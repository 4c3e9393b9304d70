import type { Backend, Configuration } from "../../index.js";
import type { LoadedData } from "../training/load-data.js";
import { type SweepPlan, settingsOfTrial } from "../training/sweep.js";
import { describeTrained, readDescription } from "./description.js";
import { saveRun } from "./folder.js";
import { type Cell, trainCell } from "./grid.js";
import { type PageOptions, writePage } from "./page.js";
import type { FinishedRun } from "./run.js";

/** A trial of a sweep as a training by itself. */
export const cellOf = (
  loaded: LoadedData,
  plan: Pick<SweepPlan, "asked" | "seed">,
  configuration: Configuration,
  out?: string,
): Cell => ({
  differs: {},
  settings: settingsOfTrial(loaded, plan, configuration),
  seed: plan.seed,
  out,
});

/** Trains a trial again, to the bits that it had, scores it on the rows held out, and saves it where it has a folder. */
export async function trainBest(
  loaded: LoadedData,
  cell: Cell,
  device: Backend,
  page?: PageOptions,
): Promise<Omit<FinishedRun, "predictions">> {
  const { run, diverged } = await trainCell(loaded, cell, device, {
    async onTrained(trained, finished, plan) {
      if (cell.out === undefined) return;
      const description = await describeTrained(loaded, plan, trained, finished, cell.command);
      await saveRun(trained.trainer, finished, description, cell.out);
      await writePage(await readDescription(cell.out), cell.out, page!);
    },
  });
  if (diverged) throw diverged;
  return run!;
}
