import { createHash } from "node:crypto";
import type { Dataset } from "../../data/dataset.js";

/** SHA-256 of all that is learned from and scored on: numbers, shapes and classes. */
export function digestOf(...parts: readonly (Dataset | undefined)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const { shape, rows, classes } = part ?? {};
    hash.update(JSON.stringify([shape, rows, classes]));
    for (const numbers of [part?.features, part?.labels, part?.weights]) {
      if (!numbers) continue;
      hash.update(numbers.constructor.name);
      hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    }
  }
  return hash.digest("hex");
}
