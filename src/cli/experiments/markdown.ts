import { version } from "../../../package.json";
import type { Backend } from "../../index.js";
import { seconds } from "../text/numbers.js";
import type { Row } from "./row.js";
import { reports } from "./tables/index.js";
import { oursText, publishedText, summary, verdictText } from "./text.js";

const HEAD =
  "| row | experiment | figure | published | ours | seeds | time | verdict |\n|---|---|---|--:|--:|--:|--:|---|\n";

const cell = (text: string) => text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |\n`;

/** Rows as tables of Markdown, one for each report, with the commands that give the figures. */
export const inMarkdown = (rows: readonly Row[], { description }: Backend): string =>
  `${summary(rows)}.\nneuromotor ${version} on ${description}\n\n` +
  Object.entries(reports)
    .map(([letter, { title }]) => [title, rows.filter(({ experiment }) => experiment.id[0] === letter)] as const)
    .filter(([, own]) => own.length > 0)
    .map(([title, own]) => `## ${title}\n\n${HEAD}${own.map(linesOf).join("")}${notesOf(own)}\n${commandsOf(own)}`)
    .join("\n");

const linesOf = ({ experiment: { id, item }, figures }: Row): string =>
  figures
    .map((figure, i) => {
      const { name, seeds, seconds: time } = figure;
      const head = i === 0 ? [id, item] : ["", ""];
      return line([
        ...head,
        name,
        publishedText(figure),
        oursText(figure),
        String(seeds),
        seconds(time),
        verdictText(figure),
      ]);
    })
    .join("");

/** Choices, once for all rows that share them, and missing details. */
function notesOf(rows: readonly Row[]): string {
  const chosen = new Map<string, string[]>();
  for (const { experiment, problem } of rows) {
    for (const note of [experiment.chosen, problem]) {
      if (note !== undefined) chosen.set(note, [...(chosen.get(note) ?? []), experiment.id]);
    }
  }
  if (chosen.size === 0) return "";
  const lines = [...chosen].map(([note, ids]) => line([ids.join(", "), note]));
  return `\n| row | chosen where the report leaves it open |\n|---|---|\n${lines.join("")}`;
}

/** Each command once. */
function commandsOf(rows: readonly Row[]): string {
  const commands = new Map<string, string[]>();
  for (const { experiment, figures } of rows) {
    for (const { command } of figures) commands.set(command, [...(commands.get(command) ?? []), experiment.id]);
  }
  const lines = [...commands].map(([command, ids]) => `# ${[...new Set(ids)].join(", ")}\n${wrapped(command)}\n`);
  return `Each by itself, for the first seed:\n\n\`\`\`text\n${lines.join("")}\`\`\`\n`;
}

/** Longest line of a command. */
const WIDTH = 120;

/** A command in lines that a shell takes as one, broken before options. */
function wrapped(command: string): string {
  const lines = [""];
  for (const part of command.split(/ (?=--)/)) {
    const joined = `${lines.at(-1)} ${part}`.trimStart();
    if (joined.length + " \\".length <= WIDTH) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines.join(" \\\n  ");
}
