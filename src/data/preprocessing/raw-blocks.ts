import type { Cells, RecordSink } from "../csv/cells.js";
import type { ColumnSink } from "../table/columns.js";
import type { BlockSource } from "./pipeline.js";
import type { Preprocessing } from "./preprocessing.js";
import { rawRows, rawSink } from "./raw-rows.js";

/** Some rows of a file: as they stand in it, and as a model's preprocessing takes them. */
export interface RawBlock {
  texts: readonly (readonly string[])[];
  rows: BlockSource;
}

/**
 * Takes the records of a file in blocks of some rows, so that predictions can be made while it is still being read.
 * Whoever reads takes the blocks that are ready after each piece.
 */
export class RawBlocks implements RecordSink {
  header: readonly string[] = [];
  delimiter = ",";
  rows = 0;
  #ready: RawBlock[] = [];
  #texts: string[][] = [];
  #sink: ColumnSink;

  constructor(
    private readonly preprocessing: Preprocessing,
    private readonly name: string,
    private readonly size = 4096,
  ) {
    this.#sink = rawSink(preprocessing, name, size);
  }

  begin(header: readonly string[], delimiter = ","): void {
    this.header = header;
    this.delimiter = delimiter.trim() === "" && delimiter !== "\t" ? "," : delimiter;
    this.#sink.begin(header);
  }

  record(cells: Cells): void {
    this.rows++;
    this.#texts.push(Array.from({ length: cells.count }, (_, column) => cells.raw(column)));
    this.#sink.record(cells);
    if (this.#texts.length === this.size) this.#close();
  }

  /** The blocks that are full, each once. @throws DataError with the cells that can't be read */
  take(): RawBlock[] {
    return this.#ready.splice(0);
  }

  /** The rows after the last full block, once all records have come. */
  end(): RawBlock[] {
    if (this.#texts.length > 0) this.#close();
    return this.take();
  }

  #close(): void {
    this.#ready.push({ texts: this.#texts, rows: rawRows(this.#sink, this.name) });
    this.#texts = [];
    this.#sink = rawSink(this.preprocessing, this.name, this.size);
    this.#sink.begin(this.header);
  }
}
