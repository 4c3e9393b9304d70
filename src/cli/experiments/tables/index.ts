import { ArgumentError } from "../../../index.js";
import type { Experiment } from "../experiment.js";
import { a } from "./a.js";
import { b } from "./b.js";
import { c } from "./c.js";
import { d } from "./d.js";
import { e } from "./e.js";
import { records } from "./records.js";

/** All rows by their report. */
export const reports: Readonly<Record<string, readonly Experiment[]>> = { A: a, B: b, C: c, D: d, E: e, R: records };

const all: readonly Experiment[] = Object.values(reports).flat();

/** Every report, and every row. */
export const ALL = "all";

/** The rows that were asked for, in the order of the reports. @param asked - reports and rows: ["A", "C5"] @throws ArgumentError */
export function experimentsOf(asked: readonly string[]): Experiment[] {
  const wanted = asked.map((name) => name.toUpperCase());
  const known = ({ id }: Experiment) => [ALL.toUpperCase(), id[0], id];
  const unknown = wanted.find((name) => !all.some((experiment) => known(experiment).includes(name)));
  if (unknown !== undefined) {
    throw new ArgumentError(
      `reproduce: there is no row ${JSON.stringify(unknown)}. Name reports (${Object.keys(reports).join(", ")}) or rows, such as A4.`,
    );
  }
  return all.filter((experiment) => known(experiment).some((name) => wanted.includes(name)));
}
