import { ArgumentError, DataError, FormatError } from "../../core/errors.js";
import { type Block, type BlockColumn, isNames } from "./block.js";
import { applyStep, type FittedStep, fitStep, type Step } from "./step.js";

/** Columns of a table, and the steps that they go through together. */
export interface PipelineEntry {
  columns: readonly string[];
  steps: readonly Step[];
}

/** Steps from a table's columns to features: the entries' results, one after the other, are the features of an input. */
export type Pipeline = readonly PipelineEntry[];

/** Rows of a table's columns, some at a time. */
export interface BlockSource {
  readonly rows: number;
  /** @param rows - row numbers; a column that isn't there is an error */
  block(columns: readonly string[], rows: ArrayLike<number>): Block;
  /** Words of columns of yes and no that are neither, by the column: they count as gaps. */
  readonly others?: ReadonlyMap<string, { names: ReadonlySet<string>; count: number }>;
}

/** The numbers of an input, [rows, names.length], row after row; whole numbers where all its columns are. */
export interface InputValues {
  values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  names: readonly string[];
}

interface FittedEntry {
  columns: readonly string[];
  steps: readonly FittedStep[];
  /** Names of the columns that come out. */
  names: readonly string[];
}

/** Numbers of an entry that go through its steps at a time: the float64 numbers of a whole table are never held. */
const NUMBERS_AT_A_TIME = 2 ** 21;

/**
 * Rows that go through the steps at a time. Columns lie apart from each other, and rows come in any order: few rows read
 * nearly all of a wide table, so that it is read as often as there are blocks.
 *
 * @param columns - of the widest entry
 */
const rowsAtATime = (columns: number) => Math.max(16, Math.min(2048, Math.floor(NUMBERS_AT_A_TIME / columns)));

const applySteps = (steps: readonly FittedStep[], block: Block): Block =>
  steps.reduce((changed, step) => applyStep(step, changed), block);

/** Steps whose state keeps the names of the training rows, column by column. */
const KEEPS_NAMES: readonly string[] = ["oneHot", "ordinal"];

interface Known {
  names: readonly string[];
}

/** A pipeline whose steps have been fitted on training rows. */
export class FittedPipeline {
  private constructor(
    readonly entries: readonly FittedEntry[],
    /** Whether all columns that come out are whole numbers. */
    readonly isWhole: boolean,
  ) {}

  /** Fits each entry's steps, one after the other, on these rows alone. */
  static fit(pipeline: Pipeline, source: BlockSource, rows: ArrayLike<number>): FittedPipeline {
    let isWhole = pipeline.length > 0;
    const entries = pipeline.map(({ columns, steps }) => {
      let block = source.block(columns, rows);
      const fitted: FittedStep[] = [];
      for (const step of steps) {
        const next = fitStep(step, block);
        block = applyStep(next, block);
        fitted.push(next);
      }
      requireNumbers(block.columns);
      if (!block.columns.every(({ values }) => values instanceof Uint32Array)) isWhole = false;
      return { columns, steps: fitted, names: block.columns.map(({ name }) => name) };
    });
    if (entries.every(({ names }) => names.length === 0))
      throw new DataError("No columns come out of the preprocessing.");
    return new FittedPipeline(entries, isWhole);
  }

  /** Names of the features that come out. */
  get names(): string[] {
    return this.entries.flatMap(({ names }) => names);
  }

  /** @throws DataError when a result isn't finite, or a step gives other columns than in training */
  apply(source: BlockSource, rows: ArrayLike<number>): InputValues {
    const { names } = this;
    const width = names.length;
    const values = this.isWhole ? new Uint32Array(rows.length * width) : new Float32Array(rows.length * width);
    const all = Uint32Array.from(rows);
    const atATime = rowsAtATime(this.entries.reduce((most, { columns }) => Math.max(most, columns.length), 1));
    for (let first = 0; first < all.length; first += atATime) {
      const some = all.subarray(first, first + atATime);
      let place = first * width;
      for (const { columns, steps, names: expected } of this.entries) {
        const block = applySteps(steps, source.block(columns, some));
        if (block.columns.length !== expected.length) {
          throw new DataError(
            `The preprocessing of ${columns.join(", ")} gave ${block.columns.length} columns, in training ${expected.length}.`,
          );
        }
        for (const column of block.columns) {
          const numbers = column.values as Float64Array;
          for (let row = 0, to = place; row < numbers.length; row++, to += width) values[to] = numbers[row];
          place++;
        }
      }
    }
    requireFinite(values, names);
    return { values, names };
  }

  /** Names in these rows that the first step of their column doesn't know, where it keeps the training rows' names. */
  unseen(source: BlockSource, rows: ArrayLike<number>): { column: string; names: string[]; count: number }[] {
    return this.entries.flatMap(({ columns, steps: [first] }) => {
      if (!first || !KEEPS_NAMES.includes(first.step)) return [];
      const states = first.state as unknown as readonly Known[];
      return columns.flatMap((column, i) => {
        const known = new Set(states[i].names);
        const { values } = source.block([column], rows).columns[0];
        const others = isNames(values) ? values.filter((name) => name !== undefined && !known.has(name)) : [];
        return others.length === 0 ? [] : [{ column, names: [...new Set(others as string[])], count: others.length }];
      });
    });
  }

  toJSON(): unknown {
    return { entries: this.entries, ...(this.isWhole && { whole: true }) };
  }

  /** @throws FormatError when it isn't a pipeline */
  static fromJSON(json: unknown): FittedPipeline {
    const { entries, whole = false } = (json ?? {}) as { entries?: FittedEntry[]; whole?: boolean };
    const areNames = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === "string");
    const isEntry = (entry: FittedEntry) =>
      areNames(entry?.columns) &&
      areNames(entry?.names) &&
      Array.isArray(entry?.steps) &&
      entry.steps.every((step) => typeof step?.step === "string");
    if (!Array.isArray(entries) || !entries.every(isEntry)) {
      throw new FormatError("The preprocessing isn't a list of columns and steps. Was the file cut off or edited?");
    }
    return new FittedPipeline(entries, whole);
  }
}

function requireNumbers(columns: readonly BlockColumn[]): void {
  const names = columns.find(({ values }) => Array.isArray(values));
  if (!names) return;
  throw new ArgumentError(
    `Preprocessing leaves names in column "${names.name}". End its steps with oneHot() or ordinal().`,
  );
}

function requireFinite(values: Float32Array | Uint32Array, names: readonly string[]): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new DataError(
      `Preprocessing: row ${Math.floor(i / names.length)}, counted from 0, has ${values[i]} in "${names[i % names.length]}". ` +
        "Put impute() before the step where the column has gaps, and rescale what is beyond float32.",
    );
  }
}
