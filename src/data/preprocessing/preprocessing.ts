import { FormatError } from "../../core/errors.js";
import type { ColumnReading } from "../table/kinds.js";
import { type BlockSource, FittedPipeline, type InputValues, type Pipeline } from "./pipeline.js";
import { registerBuiltInSteps } from "./steps.js";
import { type TargetCoding, targetFromJSON } from "./target.js";

/** A raw column that features are made of. */
export interface RawColumn {
  name: string;
  reading: ColumnReading;
  /** Least and greatest number of the training rows. */
  range?: readonly [low: number, high: number];
  /** A gap is an error: no step fills it. */
  required?: boolean;
}

interface Fields {
  columns: readonly RawColumn[];
  /** Marks of gaps beside NA, null, ? and the like. */
  missing: readonly string[];
  inputs: ReadonlyMap<string, FittedPipeline>;
  target: TargetCoding | undefined;
  /** The columns to predict, as they were read. */
  targetColumns: readonly RawColumn[];
}

/** The name of a model's input where it has one. */
export const FEATURES = "features";

/** A number further outside the training rows' range than this many times its width is far outside. */
const FAR = 3;
const MOST_NAMED = 5;

/** A sentence on some columns; none where there are none. */
function named(beginning: string, columns: readonly string[]): string[] {
  const more = columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more columns` : "";
  return columns.length === 0 ? [] : [`${beginning}${columns.slice(0, MOST_NAMED).join(", ")}${more}.`];
}

/**
 * Preprocessing of a table's raw rows for a model, fitted on the training rows, and the meaning of the model's numbers. A
 * model keeps it as JSON, so that it predicts for raw rows: columns in any order, gaps, names that it never saw.
 */
export class Preprocessing {
  readonly columns: readonly RawColumn[];
  readonly missing: readonly string[];
  /** A pipeline for each named input of the model. */
  readonly inputs: ReadonlyMap<string, FittedPipeline>;
  readonly target: TargetCoding | undefined;
  readonly targetColumns: readonly RawColumn[];

  private constructor({ columns, missing, inputs, target, targetColumns }: Fields) {
    this.columns = columns;
    this.missing = missing;
    this.inputs = inputs;
    this.target = target;
    this.targetColumns = targetColumns;
  }

  /**
   * Fits pipelines on the training rows.
   *
   * @param columns - all raw columns; only those that a pipeline takes are kept
   */
  static fit(
    source: BlockSource,
    rows: ArrayLike<number>,
    pipelines: Readonly<Record<string, Pipeline>>,
    { columns, missing, target, targetColumns }: Omit<Fields, "inputs">,
  ): Preprocessing {
    const inputs = new Map<string, FittedPipeline>();
    for (const [name, pipeline] of Object.entries(pipelines)) {
      inputs.set(name, FittedPipeline.fit(pipeline, source, rows));
    }
    const used = new Set(Object.values(pipelines).flatMap((pipeline) => pipeline.flatMap((entry) => entry.columns)));
    const kept = columns.filter(({ name }) => used.has(name));
    return new Preprocessing({ columns: kept, missing, inputs, target, targetColumns });
  }

  /** Whether the model's inputs go by names that were given. */
  get isNamed(): boolean {
    return this.inputs.size > 1 || !this.inputs.has(FEATURES);
  }

  /** Features of these rows, by the name of the model's input. @throws DataError when a result isn't finite */
  apply(source: BlockSource, rows: ArrayLike<number>): Record<string, InputValues> {
    return Object.fromEntries([...this.inputs].map(([name, pipeline]) => [name, pipeline.apply(source, rows)]));
  }

  /**
   * Sentences on numbers that lie far outside the range of the training rows, and on names that these don't have: predictions
   * for them mean little.
   */
  warningsFor(source: BlockSource, rows: ArrayLike<number>): string[] {
    return [...this.#far(source, rows), ...this.#unseen(source, rows)];
  }

  #unseen(source: BlockSource, rows: ArrayLike<number>): string[] {
    const others = [...(source.others ?? [])].map(([column, { names, count }]) => ({
      column,
      names: [...names],
      count,
    }));
    const unseen = [...[...this.inputs.values()].flatMap((pipeline) => pipeline.unseen(source, rows)), ...others];
    const listed = unseen.map(({ column, names, count }) => {
      const shown = names.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
      return `${JSON.stringify(column)} is ${shown.join(", ")}${names.length > MOST_NAMED ? ", ..." : ""} in ${count} of them`;
    });
    return named("Rows have names that the training rows lack: ", listed);
  }

  #far(source: BlockSource, rows: ArrayLike<number>): string[] {
    const far: string[] = [];
    for (const { name, range } of this.columns) {
      if (!range) continue;
      const [low, high] = range;
      const reach = (high - low) * FAR;
      const [{ values }] = source.block([name], rows).columns;
      const outside = (values as Float64Array).filter((value) => value < low - reach || value > high + reach);
      if (outside.length > 0)
        far.push(`${JSON.stringify(name)} (${low} to ${high}) has ${outside[0]} in ${outside.length} of them`);
    }
    return named("Rows lie far outside the training rows: ", far);
  }

  toJSON(): Record<string, unknown> {
    const { columns, missing, target, targetColumns } = this;
    const inputs = Object.fromEntries([...this.inputs].map(([name, pipeline]) => [name, pipeline.toJSON()]));
    return { columns, missing, inputs, ...(target && { target }), targetColumns };
  }

  /**
   * The preprocessing that `toJSON` described, to the bit.
   *
   * @throws FormatError when it isn't one, or has a step of the user's own that isn't registered
   */
  static fromJSON(json: unknown): Preprocessing {
    registerBuiltInSteps();
    const { columns, missing = [], inputs, target, targetColumns = [] } = (json ?? {}) as Record<string, unknown>;
    const isColumn = (column: Partial<RawColumn>) =>
      typeof column?.name === "string" &&
      ["number", "boolean", "date", "category", "text"].includes(column.reading?.kind ?? "");
    if (
      !Array.isArray(columns) ||
      !columns.every(isColumn) ||
      !Array.isArray(missing) ||
      !Array.isArray(targetColumns) ||
      !targetColumns.every(isColumn) ||
      typeof inputs !== "object" ||
      !inputs
    ) {
      throw new FormatError("The preprocessing doesn't describe its columns. Was the file cut off or edited?");
    }
    const pipelines = Object.entries(inputs).map(
      ([name, pipeline]) => [name, FittedPipeline.fromJSON(pipeline)] as const,
    );
    return new Preprocessing({
      columns,
      missing,
      inputs: new Map(pipelines),
      target: target === undefined ? undefined : targetFromJSON(target),
      targetColumns,
    });
  }
}
