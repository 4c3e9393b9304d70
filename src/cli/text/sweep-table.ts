import type { Configuration, SweptConfiguration } from "../../index.js";
import { alignRight } from "./align.js";
import { score, seconds, short } from "./numbers.js";

/** More lines than these say nothing. */
const MOST_SHOWN = 10;

export const settingText = (value: unknown): string => (typeof value === "number" ? short(value) : String(value));

/** "lr 0.0123, dropout 0.2" */
export const configurationText = (configuration: Configuration): string =>
  Object.entries(configuration)
    .map(([name, value]) => `${name} ${settingText(value)}`)
    .join(", ");

/** The best trials of a sweep, a line for each. */
export function formatTrials(ranking: readonly SweptConfiguration[]): string {
  const names = Object.keys(ranking[0].configuration);
  const scores = [...new Set(ranking.flatMap(({ runs }) => Object.keys(runs[0].scores ?? {})))];
  const shown = ranking.slice(0, MOST_SHOWN);
  const left = ranking.length - shown.length;
  const table = alignRight([
    [...names, ...scores, "time", "state"],
    ...shown.map(({ configuration, runs: [{ scores: own, state, seconds: time }] }) => [
      ...names.map((name) => settingText(configuration[name])),
      ...scores.map((name) => {
        const value = own?.[name as "loss"];
        return value === undefined ? "" : score(value);
      }),
      seconds(time),
      state,
    ]),
  ]);
  return left > 0 ? `${table}\nand ${left} more` : table;
}
