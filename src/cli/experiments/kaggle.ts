import { writeFile } from "node:fs/promises";
import { mnist } from "../../data/index.js";

/** As many rows as Kaggle's file has. */
const ROWS = 42_000;
const ROWS_AT_A_TIME = 1000;
const WHITE = 255;

/** Writes MNIST as Kaggle publishes it: a column of labels, 784 of pixels from 0 to 255. */
export async function writeKaggleCsv(
  path: string,
  { dataDir, rows = ROWS }: { dataDir?: string; rows?: number },
): Promise<void> {
  const { features, labels } = (await mnist({ dataDir })).train;
  const pixels = features.length / labels.length;
  const header = ["label", ...Array.from({ length: pixels }, (_, i) => `pixel${i}`)].join();
  await writeFile(path, `${header}\n`);
  for (let first = 0; first < rows; first += ROWS_AT_A_TIME) {
    const lines = Array.from({ length: Math.min(ROWS_AT_A_TIME, rows - first) }, (_, i) => {
      const row = first + i;
      const values = features.subarray(row * pixels, (row + 1) * pixels);
      return `${labels[row]},${Array.from(values, (value) => Math.round(value * WHITE)).join()}\n`;
    });
    await writeFile(path, lines.join(""), { flag: "a" });
  }
}
