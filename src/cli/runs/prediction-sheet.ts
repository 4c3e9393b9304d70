import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { csvLine } from "../../data/index.js";
import { DataError, type RowPredictions } from "../../index.js";
import { syncFolder } from "../../node/atomic-write.js";
import { fileAt, partialOf, removeAbandoned } from "../../node/partial.js";
import { remedyOf } from "../../node/write-error.js";
import type { Output } from "../text/output.js";
import { escapeFormula } from "../text/spreadsheet.js";
import type { FileBlock } from "../training/predict-blocks.js";

interface Target {
  /** As it was given. */
  path: string;
  /** Through symbolic links. */
  place: string;
  /** The file that is renamed to it in the end; the place itself if that is a device. */
  written: string;
  file: FileHandle;
}

/** A CSV file with columns of predictions added, written block by block: to standard output, or to a file at once when whole. */
export class PredictionSheet {
  #begun = false;

  private constructor(
    private readonly output: Output,
    private readonly targetNames: readonly string[],
    private readonly target?: Target,
  ) {}

  /**
   * @param path - of the file; standard output where undefined
   * @param targetNames - of several numbers that are predicted
   * @throws DataError when it can't be written
   */
  static async open(
    path: string | undefined,
    output: Output,
    targetNames: readonly string[] = [],
  ): Promise<PredictionSheet> {
    if (path === undefined) return new PredictionSheet(output, targetNames);
    try {
      const { path: place, isReplaceable } = await fileAt(path);
      if (isReplaceable) await removeAbandoned(place);
      const written = isReplaceable ? partialOf(place) : place;
      return new PredictionSheet(output, targetNames, { path, place, written, file: await open(written, "w") });
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  async write({ header, delimiter, texts }: FileBlock, predictions: RowPredictions): Promise<void> {
    const { values, probabilities, classNames } = predictions;
    const lines = this.#begun
      ? []
      : [csvLine(namesOf(header, this.targetNames, probabilities && classNames), delimiter)];
    this.#begun = true;
    texts.forEach((fields, row) => {
      // The file's own cells stay as they are; what is added may come from a file that someone else wrote.
      const value = values[row];
      const added = Array.isArray(value) ? value : [typeof value === "string" ? escapeFormula(value) : value];
      lines.push(csvLine([...fields, ...added, ...(probabilities?.[row] ?? [])], delimiter));
    });
    const text = lines.join("");
    const { target } = this;
    if (!target) return this.output.result(text);
    // A single write may end early where the disk gets full, without an error.
    await target.file.appendFile(text).catch((cause) => {
      throw unwritable(target.path, cause);
    });
  }

  /** @throws DataError when the file can't be written; then it is as it was before */
  async close(): Promise<void> {
    if (!this.target) return;
    const { path, place, written, file } = this.target;
    try {
      if (written === place) return await file.close();
      await file.sync();
      await file.close();
      await rename(written, place);
      await syncFolder(dirname(place));
    } catch (cause) {
      await this.abandon();
      throw unwritable(path, cause);
    }
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    if (!this.target) return;
    const { place, written, file } = this.target;
    await file.close().catch(() => {});
    if (written !== place) await rm(written, { force: true });
  }
}

const unwritable = (path: string, cause: unknown) =>
  Object.assign(new DataError(`--out ${path}: it can't be written (${(cause as Error).message}).${remedyOf(cause)}`), {
    cause,
  });

/** The header with names added; one that is taken gets a number. */
function namesOf(
  header: readonly string[],
  targetNames: readonly string[],
  classNames: readonly string[] | undefined,
): string[] {
  const predicted = targetNames.length > 1 ? targetNames.map((name) => `prediction ${name}`) : ["prediction"];
  const names = [...header];
  for (const wanted of [...predicted, ...(classNames ?? []).map((name) => `probability ${name}`)]) {
    let name = wanted;
    for (let n = 2; names.includes(name); n++) name = `${wanted} ${n}`;
    names.push(name);
  }
  return names;
}
