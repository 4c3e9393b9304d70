import { FormatError } from "../../core/errors.js";

/** Coding of the target: classes, or numbers with their scale for training. */
export type TargetCoding =
  | { kind: "classes"; name: string; classNames: readonly string[] }
  /** (value - mean) / deviation for each of the names. */
  | { kind: "numbers"; names: readonly string[]; mean: readonly number[]; deviation: readonly number[] };

/** Numbers in the target's own unit, in float64. */
export function unscale(
  values: ArrayLike<number>,
  target: TargetCoding & { kind: "numbers" },
): Float64Array<ArrayBuffer> {
  const { mean, deviation } = target;
  return Float64Array.from(values, (value, i) => value * deviation[i % mean.length] + mean[i % mean.length]);
}

/** @throws FormatError when it isn't one */
export function targetFromJSON(json: unknown): TargetCoding {
  const { kind, name, names, classNames, mean, deviation } = (json ?? {}) as Record<string, unknown>;
  const areTexts = (list: unknown) =>
    Array.isArray(list) && list.length > 0 && list.every((text) => typeof text === "string");
  const areNumbers = (list: unknown) => Array.isArray(list) && list.every(Number.isFinite);
  if (kind === "classes" && typeof name === "string" && areTexts(classNames)) return json as TargetCoding;
  if (kind === "numbers" && areTexts(names) && areNumbers(mean) && areNumbers(deviation)) {
    const { length } = names as string[];
    const isPositive = (deviation as number[]).every((value) => value > 0);
    if ((mean as number[]).length === length && (deviation as number[]).length === length && isPositive) {
      return json as TargetCoding;
    }
  }
  throw new FormatError("The preprocessing doesn't say what is predicted. Was the file cut off or edited?");
}
