import { FOOT, type NetworkLayout } from "../drawing/network-layout.js";
import { hasNeurons } from "../settings/layer-kinds.js";
import { type HiddenLayer, MOST_LAYERS } from "../settings/settings.js";
import { InsertLayer } from "./insert-layer.js";
import { numbersOf } from "./numbers.js";
import type { PanelProps } from "./panel.js";

/** Pixels between two buttons' middles at the least. */
const ROOM = 31;

interface EditProps extends PanelProps {
  layout: NetworkLayout;
}

/** What acts on the outputs of a layer, and has no neurons of its own: a pool, a norm, dropout. */
interface Mark {
  says: string;
  takeOut: string;
  without: readonly HiddenLayer[];
}

/**
 * The picture's layers as they are edited: pools, norms and dropout as bars between columns; below, a button that takes out
 * each column and each bar, and one in each gap that puts a layer in.
 */
export function EditLayers({ store, layout: { columns, node, height } }: EditProps) {
  const { network } = store.texts.value;
  const { layers } = store.settings.value;
  const { field } = numbersOf(store.language.value);
  const hidden = [...layers.keys()].filter((i) => hasNeurons(layers[i]));
  const isDrawnSo = columns.length === hidden.length + 2; // else it is the picture of the training before
  if (!isDrawnSo) return null;
  const without = (at: number) => layers.filter((_, each) => each !== at);
  const marksOf = (layer: HiddenLayer, at: number): Mark[] => {
    const { kind, units, dropout } = layer;
    const name = kind && !hasNeurons(layer) && `${network.kinds[kind]}${kind === "maxPool2d" ? ` ${units}` : ""}`;
    const plain = layers.map((each, i) => (i === at ? { ...each, dropout: 0 } : each));
    return [
      ...(name ? [{ says: name, takeOut: network.takeOut(at + 1), without: without(at) }] : []),
      ...(dropout
        ? [{ says: `${network.dropout} ${field(dropout)}`, takeOut: network.noDropout(at + 1), without: plain }]
        : []),
    ];
  };
  const takeOut = (x: number, label: string, rest: readonly HiddenLayer[]) => (
    <button
      key={label}
      type="button"
      class="small edit"
      style={{ left: `${x}px`, top: `${height - 28}px` }}
      aria-label={label}
      title={label}
      onClick={() => store.change({ layers: rest })}
    >
      ×
    </button>
  );
  return (
    <>
      {columns.slice(1).map((column, gap) => {
        const [from, to] = [gap === 0 ? 0 : hidden[gap - 1], hidden[gap] ?? layers.length];
        const marks = layers.slice(from, to).flatMap((layer, i) => marksOf(layer, from + i));
        const left = columns[gap].x + node / 2;
        const slot = (column.x - node / 2 - left) / (marks.length + 1);
        const hasRoom = (node + slot) / 2 >= ROOM && (marks.length === 0 || slot >= ROOM);
        const place = (i: number) => left + (i + 0.5) * slot;
        return [
          ...marks.map(({ says, takeOut: label, without: rest }, i) => [
            <span key={`mark ${i}`} class="mark" style={{ left: `${place(i)}px`, height: `${height - FOOT}px` }}>
              {says}
            </span>,
            hasRoom && takeOut(place(i), label, rest),
          ]),
          hasRoom && layers.length < MOST_LAYERS && (
            <InsertLayer key={`+ ${gap}`} store={store} gap={gap} at={to} x={place(marks.length)} y={height - 28} />
          ),
          gap < hidden.length && takeOut(column.x, network.takeOut(to + 1), without(to)),
        ];
      })}
    </>
  );
}
