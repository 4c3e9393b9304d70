/** 1,234,567 */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** "1 row", "4 rows" */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

/** A loss or score with four decimals, or in powers of ten where these would hide it. */
export function score(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(3);
  return value.toFixed(4);
}

/** Four significant digits, without trailing zeros. */
export const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Seconds as a stopwatch shows them. */
export const seconds = (value: number): string => (value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`);

/** Steps per second; a small number keeps its digits. */
export const rate = (value: number): string => (value < 100 ? short(value) : count(value));
