import { useState } from "preact/hooks";
import { kindsBetween, layerLike } from "../settings/layer-kinds.js";
import type { HiddenLayer } from "../settings/settings.js";
import type { PanelProps } from "./panel.js";

/** Share of a layer's outputs that is left out where dropout is put in. */
const DROPOUT = 0.2;

interface InsertProps extends PanelProps {
  /** Number of the gap between columns, from 0. */
  gap: number;
  /** Place of the new layer among the hidden ones. */
  at: number;
  x: number;
  y: number;
}

/** A button that puts a layer between two columns of the picture: of a kind that may stand there, which a list offers. */
export function InsertLayer({ store, gap, at, x, y }: InsertProps) {
  const { network } = store.texts.value;
  const { data, layers } = store.settings.value;
  const [isOpen, setOpen] = useState(false);
  const [before, after] = [layers.slice(0, at), layers.slice(at)];
  const last = before.at(-1);
  const mayDrop = last && last.kind !== "batchNorm" && last.kind !== "layerNorm" && !last.dropout;
  const choices: [name: string, layers: () => readonly HiddenLayer[]][] = [
    ...kindsBetween(data, before, after).map((kind): (typeof choices)[number] => [
      network.kinds[kind],
      () => [...before, layerLike(kind, [last, after[0]]), ...after],
    ]),
    ...(mayDrop
      ? [
          [
            network.dropout,
            () => [...before.slice(0, -1), { ...last, dropout: DROPOUT }, ...after],
          ] as (typeof choices)[number],
        ]
      : []),
  ];
  const label = network.insert(gap + 1);
  return (
    <fieldset
      class="insert"
      aria-label={label}
      style={{ left: `${x}px`, top: `${y}px` }}
      onKeyDown={({ key }) => key === "Escape" && setOpen(false)}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <button
        type="button"
        class="small"
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        +
      </button>
      {isOpen && (
        <ul>
          {choices.map(([name, make]) => (
            <li key={name}>
              <button
                type="button"
                onClick={() => {
                  setOpen(false);
                  store.change({ layers: make() });
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
