import { DataError } from "../../core/errors.js";
import { decimalOf } from "./cells.js";
import type { CsvRecord } from "./record.js";
import { listNames, shorten } from "./text.js";

/** Records that are looked at to find out whether they have one field more than the header. */
const MOST_AHEAD = 50;

/** The names of a file's columns, and what the lines below add to them. */
export class Header {
  columns: readonly string[];
  /** Fields of a record. */
  width: number;
  /** Names that several columns have. */
  readonly repeated = new Set<string>();
  /** Whether columns after the first have no name. */
  hasUnnamed = false;
  /** Whether each line ends with a delimiter that the header lacks. */
  isTrailing = false;
  readonly #notes: string[] = [];
  #repeats = 0;
  #firstRepeat = 0;

  /**
   * @param found - fields of the first record
   * @param options - `strict`: columns without a name of their own are errors, and no field but an empty one is passed over
   */
  constructor(
    private readonly found: readonly string[],
    private readonly options: { name: string; strict?: boolean; header?: boolean },
    private readonly line: number,
  ) {
    this.columns = found;
    this.width = found.length;
  }

  /** Decisions made, in sentences. */
  notes(): string[] {
    if (this.#repeats === 0) return this.#notes;
    const others = this.#repeats > 1 ? ` and ${this.#repeats - 1} more` : "";
    const verb = this.#repeats > 1 ? "repeat" : "repeats";
    return [
      ...this.#notes,
      `line ${this.#firstRepeat}${others} ${verb} the names of the columns, and no row is made of it`,
    ];
  }

  /** Of a file without a header. */
  makeNames(): void {
    const { length } = this.found;
    this.#notes.push(`there is no header: the columns are called "column 1" to "column ${length}"`);
    this.columns = this.found.map((_, i) => `column ${i + 1}`);
  }

  /**
   * Takes the names, once it is known whether all records have one field more: nothing at the end, or names of rows in front,
   * as R writes them, which are all different.
   *
   * @param read - reads the record at a place; gives the next place, undefined where the text ends before the record does
   */
  lookAhead(
    ahead: CsvRecord,
    read: (ahead: CsvRecord, at: number) => number | undefined,
    next: number,
    text: string,
  ): void {
    const { length } = this.found;
    const names = new Set<string>();
    let [records, empty] = [0, 0];
    let isLonger = true;
    for (
      let at: number | undefined = next;
      isLonger && at !== undefined && at < text.length && records < MOST_AHEAD;
    ) {
      at = read(ahead, at);
      if (at === undefined || ahead.isBlank()) continue;
      isLonger = ahead.count === length + 1;
      records++;
      names.add(ahead.text(0));
      if (isLonger && ahead.text(length) === "") empty++;
    }
    this.isTrailing = isLonger && records > 0 && empty === records;
    const hasRowNames = isLonger && !this.isTrailing && records > 1 && names.size === records && !this.options.strict;
    if (this.isTrailing) this.#notes.push("each line ends with a delimiter that the header lacks");
    if (hasRowNames) {
      const first = [...names][0];
      this.#notes.push(
        `the rows have one field more than the header: the first, such as ${shorten(first)}, is taken for names of the rows, as R ` +
          "writes them. If it isn't, quote fields that hold a delimiter",
      );
    }
    this.#noteNumbers();
    this.columns = this.#named(hasRowNames ? ["", ...this.found] : this.found);
    this.width = this.columns.length + Number(this.isTrailing);
  }

  /** Whole numbers that don't count up may be a row as well as names. */
  #noteNumbers(): void {
    const numbers = this.found.filter((name) => name !== "").map(decimalOf);
    const counts = numbers.every((number, i) => i === 0 || number === numbers[i - 1] + 1);
    if (this.options.header || numbers.length < 2 || numbers.some(Number.isNaN) || counts) return;
    this.#notes.push(
      `the first line is taken for names of the columns: ${listNames(this.found)}. If it is a row, give header: false`,
    );
  }

  /** Whether a record is the header again, as in files that were put together. */
  isRepeatedBy(record: CsvRecord): boolean {
    const { found } = this;
    if (found.length < 2 || record.count !== found.length) return false;
    for (let i = 0; i < found.length; i++) if (record.text(i) !== found[i]) return false;
    if (this.#repeats++ === 0) this.#firstRepeat = record.line;
    return true;
  }

  /** Names that differ: a column without one is called by its number, unless it is the first, which holds rows' names. */
  #named(header: readonly string[]): string[] {
    const { strict, name } = this.options;
    const seen = new Set<string>();
    /** The next number to try for a name that stands there already. */
    const numbers = new Map<string, number>();
    return header.map((column, i) => {
      if (strict && column === "") {
        throw new DataError(
          `${name}: line ${this.line}: column ${i + 1} of ${header.length} has no name. Name it or remove it.`,
        );
      }
      if (strict && seen.has(column)) {
        throw new DataError(
          `${name}: line ${this.line}: two columns are named ${shorten(column)}. Rename or remove one.`,
        );
      }
      const isUnnamed = column === "" && i > 0;
      if (isUnnamed) this.hasUnnamed = true;
      else if (seen.has(column)) this.repeated.add(column);
      let own = isUnnamed ? `column ${i + 1}` : column;
      for (let n = numbers.get(column) ?? 2; seen.has(own); n++) {
        own = `${column} ${n}`;
        numbers.set(column, n + 1);
      }
      if (own !== column && column !== "")
        this.#notes.push(`two columns are named ${shorten(column)}: one is called ${shorten(own)}`);
      seen.add(own);
      return own;
    });
  }
}
