import { breastCancer, diabetes, digits, iris, syntheticDigits, wine, xor } from "neuromotor/data";

export { centreImages } from "neuromotor/data";

/** Data sets that come with the library. */
export const samples = { xor, iris, wine, breastCancer, diabetes, digits, syntheticDigits };
