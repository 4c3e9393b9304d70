import { DataError } from "../../core/errors.js";
import type { RecordSink } from "../csv/cells.js";
import { type CsvSource, type Reading, readSource } from "../csv/reader.js";
import { type RecordList, readRecords } from "../formats/records.js";
import { checkTableOptions } from "./check-options.js";
import { ColumnSink, type ReadColumn } from "./columns.js";
import { type Inference, inferColumns } from "./infer.js";
import { namesIn, type TableOptions } from "./options.js";
import { Survey } from "./survey.js";
import { Table } from "./table.js";
import { gapMarks } from "./target-kind.js";
import { MissingMarks } from "./words.js";

/** Gives all records of a table to a sink; may be called again. */
export type Feed = (sink: RecordSink) => Reading;
/** @param between - called after each piece of a text file, so that what came can be worked on */
export type AsyncFeed = (sink: RecordSink, between?: () => Promise<void>) => Promise<Reading>;

/**
 * The two passes that make a table: the first finds out what each column is, the second keeps what is read of it in the
 * smallest form.
 */
class TableBuilder {
  readonly survey: Survey;
  readonly #marks: MissingMarks;
  readonly #options: TableOptions;
  readonly #name: string;

  constructor(options: TableOptions, name: string) {
    checkTableOptions(options);
    this.#options = options;
    this.#name = options.name ?? name;
    this.#marks = new MissingMarks(options.missing);
    this.survey = new Survey(this.#marks, undefined, namesIn(options));
  }

  /** After the first pass: what takes the second, and what makes a table of it. */
  plan(reading: Reading): { sink: ColumnSink; table: () => Table } {
    const { survey } = this;
    const [name, options] = [this.#name, this.#options];
    if (survey.rows === 0)
      throw new DataError(`${name}: there is a header but no rows below it. Add at least one row.`);
    if (survey.columns.length === 0) {
      throw new DataError(`${name}: its rows have no columns. Give values their names: { "age": 22, "sex": "male" }.`);
    }
    const inference = inferColumns(survey, options, name, reading);
    const sink = new ColumnSink(name, readColumns(inference, options), this.#marks, survey.rows);
    return { sink, table: () => this.#table(inference, sink, reading.notes) };
  }

  /** A sentence on rows that are left out, with the marks of their gaps in columns of classes: one may have been a class. */
  #leftOut(left: number): string[] {
    if (left === 0) return [];
    const { target } = this.#options;
    const column = this.survey.columns.find(({ name, textCount }) => name === target && textCount > 0);
    const marked = column && gapMarks(column);
    const rows = `${left.toLocaleString("en-US")} ${left === 1 ? "row" : "rows"} without a target or weight left out`;
    return [marked ? `${rows}: ${marked} taken for a gap, unless classNames lists all classes` : rows];
  }

  #table({ columns, task, warnings }: Inference, sink: ColumnSink, notes: readonly string[]): Table {
    const [name, options] = [this.#name, this.#options];
    const stores = sink.end();
    if (sink.rows === 0) throw new DataError(`${name}: no row has a value in every column to predict.`);
    return new Table({
      name,
      rows: sink.rows,
      columns,
      stores,
      task,
      targets: options.targets ?? (options.target === undefined ? [] : [options.target]),
      classNames: options.classNames,
      missing: this.#marks.given,
      notes: [...notes, ...this.#leftOut(sink.left)],
      warnings,
    });
  }
}

function readColumns({ columns }: Inference, { classNames }: TableOptions): ReadColumn[] {
  return columns.flatMap(({ name, role, reading }): ReadColumn[] => {
    if (!reading || role === "left out") return [];
    const names = role === "target" && classNames ? new Set(classNames) : undefined;
    return [
      {
        name,
        reading,
        gaps: role === "target" || role === "weights" ? "leave out" : "keep",
        ...(names && { names }),
        isWeight: role === "weights",
      },
    ];
  });
}

/** A table from records that are there already. */
export function buildTable(feed: Feed, options: TableOptions, name: string): Table {
  const builder = new TableBuilder(options, name);
  const { sink, table } = builder.plan(feed(builder.survey));
  feed(sink);
  return table();
}

/** A table from records that come piece by piece, twice. */
export async function buildTableFrom(feed: AsyncFeed, options: TableOptions, name: string): Promise<Table> {
  const builder = new TableBuilder(options, name);
  const { sink, table } = builder.plan(await feed(builder.survey));
  await feed(sink);
  return table();
}

/**
 * A table from the text of a CSV file, or the bytes of it.
 *
 * @throws DataError with all that is wrong with the file
 */
export function tableFromCsv(source: CsvSource, options: TableOptions = {}): Table {
  const { name = "CSV", delimiter, quote, header } = options ?? {};
  return buildTable((sink) => readSource(source, sink, { name, delimiter, quote, header }), options, name);
}

/**
 * A table from rows as a program has them: `[{ age: 22, sex: "male" }, ...]`; null, undefined, NaN and "" are gaps.
 *
 * @throws DataError with all that is wrong with the rows
 */
export function tableFromRecords(records: RecordList, options: TableOptions = {}): Table {
  return buildTable((sink) => readRecords(records, sink), options, options?.name ?? "records");
}
