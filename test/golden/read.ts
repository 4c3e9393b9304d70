import { readFileSync } from "node:fs";

/** Numbers of a golden file, nested; NaN and infinities are stored as strings. */
export type Golden = number | string | Golden[];

/** A golden file of this folder. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as T;
}

const WORDS: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** All numbers of a golden value in row-major order. */
export const flat = (golden: Golden): number[] =>
  Array.isArray(golden) ? golden.flatMap(flat) : [typeof golden === "string" ? WORDS[golden] : golden];
