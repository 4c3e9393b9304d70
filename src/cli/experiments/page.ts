import type { Language, ReproducedRow, Reproduction } from "../../report/index.js";
import type { Row } from "./row.js";
import { reports } from "./tables/index.js";
import { spanish } from "./tables/spanish.js";
import { verdictText } from "./text.js";
import type { Verdict } from "./verdict.js";

/** Verdicts of figures that were met, and of those that weren't; others aren't compared. */
const MET: Partial<Record<Verdict, boolean>> = { reached: true, equal: true, missed: false, different: false };

/** The tables' words in each language; they are written in English. */
const WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en: {}, es: spanish };

/** Says a phrase of the tables in a language. */
type Say = (phrase: string) => string;

/** Experiments done again as a page shows them: a row for each figure. */
export function reproductionOf(rows: readonly Row[], command: string, language: Language): Reproduction {
  const say: Say = (phrase) => WORDS[language][phrase] ?? phrase;
  const letters = [...new Set(rows.map(({ experiment: { id } }) => id[0]))];
  return {
    kind: "reproduction",
    // A report by its title, several by their letters.
    name: letters.length === 1 ? say(reports[letters[0]].title) : letters.join(", "),
    command,
    rows: rows.flatMap((row) => rowsOf(row, say)),
  };
}

function rowsOf({ experiment, figures, problem }: Row, say: Say): ReproducedRow[] {
  const { id } = experiment;
  const [item, chosen] = [say(experiment.item), experiment.chosen && say(experiment.chosen)];
  return figures.map((figure, i) => {
    const { score, published, better, mean, deviation, seeds, seconds, verdict } = figure;
    const name = say(figure.name);
    const note = i === 0 ? (problem ?? chosen) : undefined;
    return {
      id: figures.length === 1 ? id : `${id}.${i + 1}`,
      group: say(reports[id[0]].title),
      item: name && name !== item ? `${item}: ${name}` : item,
      score: say(score),
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
