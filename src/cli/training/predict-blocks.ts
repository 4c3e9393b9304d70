import type { Preprocessing } from "../../data/index.js";
import { RawBlocks } from "../../data/preprocessing/raw-blocks.js";
import type { ByteSource } from "../../data/sources/source.js";
import { feedOf, type TextOptions } from "../../data/table/read-table.js";
import { DataError, predictRows, type RowPredictions, type Trainer } from "../../index.js";
import { rounded } from "../runs/predictions.js";

/** Rows of a file as they stand in it, with the names of its columns. */
export interface FileBlock {
  header: readonly string[];
  delimiter: string;
  texts: readonly (readonly string[])[];
}

/** Takes some rows with their predictions. */
export type PredictedBlock = (block: FileBlock, predictions: RowPredictions) => Promise<void>;

/** Predictions as they are written: to what float32 keeps. */
export const shortened = ({ values, probabilities, ...rest }: RowPredictions): RowPredictions => ({
  ...rest,
  values: values.map((value) => {
    if (Array.isArray(value)) return value.map(rounded);
    return typeof value === "number" ? rounded(value) : value;
  }),
  probabilities: probabilities?.map((row) => row.map(rounded)),
});

/**
 * Predicts for the rows of a file block by block, while it is being read.
 *
 * @param each - takes every block with its predictions
 * @returns how many rows there were
 * @throws DataError when the file can't be read, or lacks a column
 */
export async function predictBlocks(
  trainer: Trainer,
  preprocessing: Preprocessing,
  source: ByteSource,
  { probabilities, ...text }: { probabilities: boolean } & TextOptions,
  each: PredictedBlock,
): Promise<number> {
  const blocks = new RawBlocks(preprocessing, source.name);
  const work = async (ready = blocks.take()) => {
    for (const { texts, rows } of ready) {
      const { header, delimiter } = blocks;
      await each({ header, delimiter, texts }, await predictRows(trainer, rows, { probabilities }));
    }
  };
  const feed = await feedOf(source, { ...text, eager: true });
  await feed(blocks, work);
  await work(blocks.end());
  if (blocks.rows > 0) return blocks.rows;
  throw new DataError(`${source.name}: there is a header but no rows below it. Add at least one row.`);
}
