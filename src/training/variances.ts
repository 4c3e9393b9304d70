import type { Values } from "../core/dtype.js";
import { type Head, nameOf } from "./heads.js";

/** Data of rows by name, as `encode` makes them: targets, with weights of rows and of targets. */
type RowData = Readonly<Record<string, Values>>;

/**
 * Variances of a head's targets over rows that may come in pieces: the weighted mean and the sum of squares around it are
 * renewed with each value (West, 1979), in float64. Exact for targets far from 0, too.
 */
class Moments {
  #rows = 0;
  readonly #each: { weight: number; mean: number; squares: number }[];

  constructor(private readonly head: Head) {
    this.#each = Array.from({ length: head.targets }, () => ({ weight: 0, mean: 0, squares: 0 }));
  }

  /** @returns weighted sums of squares around the mean by the number of rows so far, whose weights have mean 1: [targets] */
  add(data: RowData): number[] {
    const [values, weights, elementWeights] = ["targets", "weights", "elementWeights"].map(
      (what) => data[nameOf(this.head, what)] as Values | undefined,
    );
    const { targets } = this.head;
    const rows = values!.length / targets;
    this.#rows += rows;
    return this.#each.map((moments, target) => {
      for (let row = 0; row < rows; row++) {
        const place = row * targets + target;
        const weight = (weights?.[row] ?? 1) * (elementWeights?.[place] ?? 1);
        if (weight === 0) continue;
        const away = values![place] - moments.mean;
        moments.weight += weight;
        moments.mean += (away * weight) / moments.weight;
        moments.squares += weight * away * (values![place] - moments.mean);
      }
      return moments.squares / this.#rows;
    });
  }
}

const isAsked = ({ metrics }: Head): boolean => metrics.some(({ finishTargets }) => finishTargets);

/** Heads with the variances of their targets, where a metric asks for them. */
export const withVariances = (heads: readonly Head[], data: RowData): Head[] =>
  heads.map((head) => (isAsked(head) ? { ...head, variances: new Moments(head).add(data) } : head));

/** Heads whose variances are those of the batches of an epoch so far. */
export class RunningHeads {
  readonly heads: readonly Head[];
  #moments: [Head, Moments][] = [];

  constructor(heads: readonly Head[]) {
    this.heads = heads.map((head) => ({ ...head }));
    this.begin();
  }

  /** Begins an epoch. */
  begin(): void {
    this.#moments = this.heads.filter(isAsked).map((head) => [head, new Moments(head)]);
  }

  /** Takes up a batch that was trained on before. */
  skip(data: () => RowData): void {
    if (this.#moments.length > 0) this.add(data());
  }

  add(data: RowData): void {
    for (const [head, moments] of this.#moments) head.variances = moments.add(data);
  }
}
