import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { csvLine } from "../../data/index.js";
import { DataError, type RowPredictions } from "../../index.js";
import type { Output } from "../text/output.js";
import { escapeFormula } from "../text/spreadsheet.js";
import type { FileBlock } from "../training/predict-blocks.js";

/** A CSV file with columns of predictions added, written block by block: to standard output, or to a file at once when whole. */
export class PredictionSheet {
  #begun = false;

  private constructor(
    private readonly path: string | undefined,
    private readonly file: FileHandle | undefined,
    private readonly output: Output,
  ) {}

  /** @param path - of the file; standard output where undefined @throws DataError when it can't be written */
  static async open(path: string | undefined, output: Output): Promise<PredictionSheet> {
    if (path === undefined) return new PredictionSheet(path, undefined, output);
    try {
      return new PredictionSheet(path, await open(partialOf(path), "w"), output);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  async write({ header, delimiter, texts }: FileBlock, predictions: RowPredictions): Promise<void> {
    const { values, probabilities, classNames } = predictions;
    const lines = this.#begun ? [] : [csvLine(namesOf(header, probabilities && classNames), delimiter)];
    this.#begun = true;
    texts.forEach((fields, row) => {
      // The file's own cells stay as they are; what is added may come from a file that someone else wrote.
      const value = values[row] as string | number;
      const added = typeof value === "string" ? escapeFormula(value) : value;
      lines.push(csvLine([...fields, added, ...(probabilities?.[row] ?? [])], delimiter));
    });
    const text = lines.join("");
    if (!this.file) return this.output.result(text);
    await this.file.write(text).catch((cause) => {
      throw unwritable(this.path!, cause);
    });
  }

  /** @throws DataError when the file can't be written; then it is as it was before */
  async close(): Promise<void> {
    if (!this.file || this.path === undefined) return;
    try {
      await this.file.sync();
      await this.file.close();
      await rename(partialOf(this.path), this.path);
    } catch (cause) {
      await rm(partialOf(this.path), { force: true });
      throw unwritable(this.path, cause);
    }
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    if (!this.file || this.path === undefined) return;
    await this.file.close().catch(() => {});
    await rm(partialOf(this.path), { force: true });
  }
}

const partialOf = (path: string) => `${path}.${process.pid}.partial`;

const unwritable = (path: string, cause: unknown) =>
  Object.assign(new DataError(`--out ${path}: it can't be written (${(cause as Error).message}).`), { cause });

/** The header with names added; one that is taken gets a number. */
function namesOf(header: readonly string[], classNames: readonly string[] | undefined): string[] {
  const names = [...header];
  for (const wanted of ["prediction", ...(classNames ?? []).map((name) => `probability ${name}`)]) {
    let name = wanted;
    for (let n = 2; names.includes(name); n++) name = `${wanted} ${n}`;
    names.push(name);
  }
  return names;
}
