import { ArgumentError } from "../../../index.js";
import type { Experiment } from "../experiment.js";
import { a } from "./a.js";
import { b } from "./b.js";
import { c } from "./c.js";
import { d } from "./d.js";
import { e } from "./e.js";
import { records } from "./records.js";

export interface Report {
  title: string;
  rows: readonly Experiment[];
}

/** The reports by their letters. */
export const reports: Readonly<Record<string, Report>> = {
  A: { title: "Report A: Iris and MNIST", rows: a },
  B: { title: "Report B: MNIST and Fashion-MNIST", rows: b },
  C: { title: "Report C: XOR, MNIST, Titanic, diabetes, student performance", rows: c },
  D: { title: "Notebook D: the chain rule by hand", rows: d },
  E: { title: "Report E: 8 x 8 digits", rows: e },
  R: { title: "Records", rows: records },
};

const all = Object.values(reports).flatMap(({ rows }) => rows);

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
