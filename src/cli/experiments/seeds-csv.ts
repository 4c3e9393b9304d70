import { csvLine } from "../../data/csv/write.js";
import { figuresOf } from "./experiment.js";
import type { Row } from "./row.js";

const HEADER = ["row", "figure", "score", "published", "seed", "value", "end", "seconds", "command"];

/** Every training of experiments done again as CSV: a line for each figure and seed. A score that a run lacks is empty. */
export const seedsCsv = (rows: readonly Row[]): string => csvLine(HEADER) + rows.flatMap(linesOf).join("");

function linesOf({ experiment, cells, figures }: Row): string[] {
  const results = cells.flatMap(({ cell, runs, best }) => figuresOf(experiment, cell).map(() => runs[best].results));
  // Without data there are no cells.
  return results.flatMap((ofSeeds, i) => {
    const { name, score, published, command } = figures[i];
    return ofSeeds.map(({ seed, end, scores, seconds }) =>
      csvLine([
        experiment.id,
        name,
        score,
        published ?? "",
        seed,
        scores[score] ?? "",
        end,
        Number(seconds.toFixed(3)),
        command,
      ]),
    );
  });
}
