// A product, as its instruction says it: addresses, and sizes in bytes unless said otherwise.

@unmanaged
export class Product {
  // Sides as they are stored, in rows of `stride` bytes; whether these are the left side's columns, the right side's columns.
  a: usize;
  rowsA: i32;
  strideA: i32;
  transposeA: i32;
  /** The walk by which a's rows are laid, or 0. */
  walkA: usize;
  /** The epoch's order by which a's rows are found; 0 where they follow each other. */
  order: usize;
  /** For each panel of b whether terms that are zeros in a can be left out; 0 where a's rows aren't the data's. */
  skips: usize;
  b: usize;
  rowsB: i32;
  strideB: i32;
  transposeB: i32;
  walkB: usize;
  m: i32;
  k: i32;
  n: i32;
  /** Terms at a time. */
  depth: i32;
  batches: i32;
  /** The offsets of each batch's matrices: bytes after a's and b's address, and the number of the first result. */
  offsets: usize;
  /** Results from one row to the next. */
  strideY: i32;
  /** Rows of a group, a multiple of those that are whole panels and whole windows. */
  group: i32;
  /** Rows of a window, of whose results the largest is kept; 1 where all are. */
  largest: i32;
  /** Panels of b: common to all threads, or bytes into a thread's scratch in a batch of matrices. */
  panels: usize;
  /** Bytes into a thread's scratch: tables of row addresses, a's panels, results of a group, laid rows, places of terms. */
  tableA: usize;
  tableB: usize;
  block: usize;
  results: usize;
  laidA: usize;
  laidB: usize;
  terms: usize;
  /** Chain of the results, or 0 and where they go. */
  chain: usize;
  output: usize;
  /** Chain of the column sums, or 0. */
  sums: usize;
}
