import type { Monitored } from "./monitor.js";

/** A number that gets smaller as a score gets better, of a record's validation part or of the whole record. */
type Cost = (scores: Monitored) => number;

/**
 * The epoch with the best score, the first of equal ones: among those that were validated, where any was.
 *
 * @returns undefined where no epoch has a finite one
 */
export function bestRecord<T extends Monitored & { validation?: Monitored }>(
  epochs: readonly T[],
  cost: Cost = ({ loss }) => loss,
): T | undefined {
  const validated = epochs.filter(({ validation }) => validation);
  const costOf = (record: T) => cost(record.validation ?? record);
  const scored = (validated.length > 0 ? validated : epochs).filter((record) => Number.isFinite(costOf(record)));
  return scored.length === 0
    ? undefined
    : scored.reduce((best, record) => (costOf(record) < costOf(best) ? record : best));
}
