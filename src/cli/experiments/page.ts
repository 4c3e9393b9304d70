import type { ReproducedRow, Reproduction } from "../../report/index.js";
import type { Row } from "./row.js";
import { reports } from "./tables/index.js";
import { verdictText } from "./text.js";
import type { Verdict } from "./verdict.js";

/** Verdicts of figures that were met, and of those that weren't; others aren't compared. */
const MET: Partial<Record<Verdict, boolean>> = { reached: true, equal: true, missed: false, different: false };

/** Experiments done again as a page shows them: a row for each figure. */
export const reproductionOf = (rows: readonly Row[], command: string): Reproduction => ({
  kind: "reproduction",
  name: nameOf([...new Set(rows.map(({ experiment: { id } }) => id[0]))]),
  command,
  rows: rows.flatMap(rowsOf),
});

/** A report by its title, several by their letters. */
const nameOf = (letters: readonly string[]) => (letters.length === 1 ? reports[letters[0]].title : letters.join(", "));

const titleOf = (id: string) => reports[id[0]].title;

function rowsOf({ experiment, figures, problem }: Row): ReproducedRow[] {
  const { id, item, chosen } = experiment;
  return figures.map((figure, i) => {
    const { name, score, published, better, mean, deviation, seeds, seconds, verdict } = figure;
    const note = i === 0 ? (problem ?? chosen) : undefined;
    return {
      id: figures.length === 1 ? id : `${id}.${i + 1}`,
      group: titleOf(id),
      item: name && name !== item ? `${item}: ${name}` : item,
      score,
      ...(better && { better }),
      ...(published !== undefined && { published }),
      ...(mean !== undefined && { mean, deviation }),
      seeds,
      seconds,
      verdict: verdictText(figure),
      reached: MET[verdict] ?? null,
      ...(note && { note }),
    };
  });
}
