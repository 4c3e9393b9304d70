/**
 * Memory patterns of backends opened with `guards`. Both are NaN as floats: a kernel that reads a guard or leaves an
 * element of its output unwritten spoils its result visibly.
 */
export const GUARD_WORD = 0x7fc0dead;
export const POISON_WORD = 0x7fc0beef;
/** Guard on either side of a buffer: as large as the strictest offset alignment of WebGPU. */
export const GUARD_BYTES = 256;
