import { open, rename, rm } from "node:fs/promises";
import { mnist } from "../../data/index.js";
import { partialOf } from "../../node/partial.js";
import { writing } from "../../node/write-error.js";

/** As many rows as Kaggle's file has. */
const ROWS = 42_000;
const ROWS_AT_A_TIME = 1000;
const WHITE = 255;

/**
 * Writes MNIST as Kaggle publishes it: a column of labels, 784 of pixels from 0 to 255. The file is there whole or not at all.
 *
 * @throws Error naming the file when it can't be written
 */
export async function writeKaggleCsv(
  path: string,
  { dataDir, rows = ROWS }: { dataDir?: string; rows?: number },
): Promise<void> {
  const { features, labels } = (await mnist({ dataDir })).train;
  const pixels = features.length / labels.length;
  const header = ["label", ...Array.from({ length: pixels }, (_, i) => `pixel${i}`)].join();
  const linesFrom = (first: number) =>
    Array.from({ length: Math.min(ROWS_AT_A_TIME, rows - first) }, (_, i) => {
      const row = first + i;
      const values = features.subarray(row * pixels, (row + 1) * pixels);
      return `${labels[row]},${Array.from(values, (value) => Math.round(value * WHITE)).join()}\n`;
    });
  const partial = partialOf(path);
  try {
    await writing(path, async () => {
      const file = await open(partial, "w");
      try {
        await file.appendFile(`${header}\n`);
        for (let first = 0; first < rows; first += ROWS_AT_A_TIME) await file.appendFile(linesFrom(first).join(""));
      } finally {
        await file.close();
      }
      await rename(partial, path);
    });
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
