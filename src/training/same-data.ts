import { checksumOf } from "../core/checksum.js";
import { dataOf } from "../core/data-of.js";
import type { Dataset } from "../data/dataset.js";
import type { RunSettings } from "../model/model.js";

/** Whether settings are of such data, as far as they tell: those of batches that come in pieces, and of older files, don't. */
export function areOf(settings: RunSettings, data: Dataset): boolean {
  const own = dataOf.get(settings);
  if (own === data) return true;
  const checksum = settings.data ?? (own && checksumOf(own));
  return checksum === undefined || checksum === checksumOf(data);
}
