import { digits, iris, wine, xor } from "neuromotor/data";

/** Data sets that come with the library. */
export const samples = { xor, iris, wine, digits };
