/**
 * Values of a column in some rows, [rows]: numbers, NaN where one is missing; whole numbers; or names, undefined where
 * missing.
 */
export type BlockValues = Float64Array | Uint32Array | readonly (string | undefined)[];

/** A column of a block. */
export interface BlockColumn {
  name: string;
  values: BlockValues;
}

/** Some rows of some columns: what a preprocessing step is fitted on, takes and gives. */
export interface Block {
  /** Number of rows, the same in every column. */
  rows: number;
  columns: readonly BlockColumn[];
}

export const isNames = (values: BlockValues): values is readonly (string | undefined)[] => Array.isArray(values);
