import { ordinal, type Pipeline, type Preprocessing, type Table } from "../../data/index.js";
import { FEATURES } from "../../data/preprocessing/preprocessing.js";
import { ArgumentError, type EmbeddedColumn } from "../../index.js";
import type { Settings } from "../settings/table.js";

/** The usual steps of a table's columns, but names that are to become vectors become whole numbers. @throws ArgumentError when a column has no names */
export function embeddingPipeline(table: Table, pipeline: Pipeline, embed: NonNullable<Settings["embed"]>): Pipeline {
  const ofNames = table.columns.filter(({ role, reading }) => role === "feature" && reading?.kind === "category");
  const names = ofNames.map(({ name }) => name);
  const wrong = embed === "all" ? undefined : embed.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    throw new ArgumentError(
      `--embed ${wrong}: it must be a feature that holds names${names.length > 0 ? `: ${names.join(", ")}` : ", and there is none"}.`,
    );
  }
  const wanted = embed === "all" ? names : embed;
  return pipeline.map((entry) =>
    entry.columns.length === 1 && wanted.includes(entry.columns[0]) ? { ...entry, steps: [ordinal()] } : entry,
  );
}

/** Numbers of a vector by how many ids there are: fast.ai's rule. */
const featuresFor = (ids: number) => Math.min(600, Math.round(1.6 * ids ** 0.56));

/** The columns of a model's features that hold whole numbers for names; one id is for names that weren't seen. */
export function embeddedColumns(preprocessing: Preprocessing): EmbeddedColumn[] {
  const { entries } = preprocessing.inputs.get(FEATURES)!;
  let column = 0;
  const found: EmbeddedColumn[] = [];
  for (const { names, steps } of entries) {
    if (steps.length === 1 && steps[0].step === "ordinal") {
      const [{ names: known }] = steps[0].state as unknown as { names: string[] }[];
      const ids = known.length + 1;
      found.push({ column, ids, features: featuresFor(ids) });
    }
    column += names.length;
  }
  return found;
}
