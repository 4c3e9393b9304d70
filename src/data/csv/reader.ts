import { DataError } from "../../core/errors.js";
import { checkArgument } from "../../core/options.js";
import type { RecordSink } from "./cells.js";
import { TextBytes } from "./decode.js";
import { type CsvOptions, CsvParser } from "./parser.js";

/** CSV as text, or as the bytes of a text file. */
export type CsvSource = string | Uint8Array;

/** Length of the pieces in which text or bytes that are in memory are taken. */
const PIECE = 2 ** 20;

/** Findings about a file from reading it. */
export interface Reading {
  delimiter: string;
  /** Decisions made while reading, in sentences. */
  notes: readonly string[];
  /** Names that several columns of the header have. */
  repeated?: ReadonlySet<string>;
  /** Whether the header leaves columns after the first without a name. */
  hasUnnamed?: boolean;
}

/** Reads a text file of separated values, piece by piece, into a sink. */
export class CsvReader {
  readonly #bytes: TextBytes;
  readonly #parser: CsvParser;

  constructor(
    sink: RecordSink,
    private readonly options: CsvOptions,
  ) {
    this.#bytes = new TextBytes(options.name);
    this.#parser = new CsvParser(sink, options);
  }

  push(piece: string | Uint8Array): void {
    this.#parser.push(typeof piece === "string" ? piece : this.#bytes.push(piece));
  }

  /** @throws DataError with all that is wrong with the file's lines */
  end(): Reading {
    this.#parser.push(this.#bytes.end());
    this.#parser.end();
    const { faults, dialect, header } = this.#parser;
    if (faults.length > 0) {
      const list = faults.length === 1 ? ` ${faults[0]}` : faults.map((fault) => `\n- ${fault}`).join("");
      throw new DataError(`${this.options.name}:${list}`);
    }
    const { repeated, hasUnnamed } = header!;
    const notes = [...(this.#bytes.note ? [this.#bytes.note] : []), ...header!.notes()];
    return { delimiter: this.options.delimiter ?? dialect!.delimiter, notes, repeated, hasUnnamed };
  }
}

/** Reads text or bytes that are there already. */
export function readSource(source: CsvSource, sink: RecordSink, options: CsvOptions): Reading {
  const isSource = typeof source === "string" || source instanceof Uint8Array;
  checkArgument(options.name, "the text or the bytes of a file", source, isSource);
  const reader = new CsvReader(sink, options);
  for (let from = 0; from < source.length; from += PIECE) {
    const to = from + PIECE;
    reader.push(typeof source === "string" ? source.slice(from, to) : source.subarray(from, to));
  }
  return reader.end();
}
