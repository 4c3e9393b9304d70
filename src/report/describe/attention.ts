import type { Dataset } from "../../data/dataset.js";
import { attentionMaps } from "../../training/attention-maps.js";
import type { Trainer } from "../../training/trainer.js";
import type { RunText } from "../run.js";

/** Places of a row, and heads of the model, that are shown. */
const MOST_PLACES = 24;
const MOST_HEADS = 16;

/** Shares that places of a part's first row give each other, head by head; undefined of a model without attention. */
export async function attentionOf(
  trainer: Trainer,
  data: Dataset,
  { decode }: { decode(ids: ArrayLike<number>): string },
): Promise<RunText["attention"]> {
  if (!trainer.model.outline.some(({ kind }) => kind === "multiHeadAttention")) return undefined;
  const [time] = data.shape;
  const row = Uint32Array.from(data.features.subarray(0, time));
  const size = Math.min(MOST_PLACES, time);
  const maps = [...(await attentionMaps(trainer, row))].flatMap(
    ([
      layer,
      {
        values,
        shape: [, heads],
      },
    ]) =>
      Array.from({ length: heads }, (_, head) => ({
        layer,
        head,
        shares: Array.from({ length: size * size }, (_, i) => {
          const [query, key] = [Math.floor(i / size), i % size];
          return Math.round(1000 * values[(head * time + query) * time + key]) / 1000;
        }),
      })),
  );
  return { tokens: Array.from(row.subarray(0, size), (id) => decode([id])), maps: maps.slice(0, MOST_HEADS) };
}
