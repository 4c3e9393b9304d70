/**
 * Every combination of some settings' values, the last setting changing fastest.
 *
 * @param values - the values of each setting: { learningRate: [0.1, 0.01], optimizer: ["adam", "sgd"] } gives four
 * @returns at least one combination, the empty one for no settings
 */
export function combinations<T extends object>(values: { readonly [Name in keyof T]?: readonly T[Name][] }): T[] {
  return Object.entries<readonly unknown[]>(values as Record<string, readonly unknown[]>).reduce<T[]>(
    (cells, [name, list]) => cells.flatMap((cell) => list.map((value) => ({ ...cell, [name]: value }))),
    [{} as T],
  );
}
