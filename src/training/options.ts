/** Rows per step of an evaluation or prediction, where nobody chose. */
export const BATCH = 256;
