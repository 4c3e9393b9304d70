import { useRef } from "preact/hooks";
import { hasNeurons } from "../settings/layer-kinds.js";
import { isInRange, RANGES } from "../settings/settings.js";
import type { PanelProps } from "./panel.js";

/** Pixels that a pointer is dragged, down or to the right, for one neuron more. */
const PER_NEURON = 8;

/** Neurons more by key, on the handle. */
const KEYS: Record<string, number> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 8,
  PageDown: -8,
};

interface WidthProps extends PanelProps {
  /** Number of the layer among those with weights. */
  column: number;
  x: number;
  /** Whether there is room for the handle only. */
  isNarrow: boolean;
}

/** A layer's width above its column of the picture: a handle to drag, and buttons for a neuron less or more. */
export function Width({ store, column, x, isNarrow }: WidthProps) {
  const { network } = store.texts.value;
  const { layers } = store.settings.value;
  const drag = useRef<{ from: number; units: number } | undefined>(undefined);
  const at = [...layers.keys()].filter((i) => hasNeurons(layers[i]))[column];
  if (at === undefined) return null;
  const { units } = layers[at];
  const { least, most } = RANGES.units;
  const resize = (wanted: number) => {
    const fitting = Math.min(most, Math.max(least, wanted));
    if (fitting !== units)
      store.change({ layers: layers.map((each, i) => (i === at ? { ...each, units: fitting } : each)) });
  };
  const button = (by: 1 | -1, label: string, sign: string) => (
    <button
      type="button"
      class="small"
      aria-label={label}
      title={label}
      disabled={!isInRange("units", units + by)}
      onClick={() => resize(units + by)}
    >
      {sign}
    </button>
  );
  return (
    <div class="widths" style={{ left: `${x}px` }}>
      {!isNarrow && button(-1, network.fewer(at + 1), "−")}
      <div
        class="handle"
        role="slider"
        tabIndex={0}
        title={network.drag}
        aria-label={network.width(at + 1)}
        aria-valuemin={least}
        aria-valuemax={most}
        aria-valuenow={units}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { from: event.clientX + event.clientY, units };
        }}
        onPointerMove={(event) => {
          if (!drag.current || event.buttons === 0) return;
          const way = event.clientX + event.clientY - drag.current.from;
          resize(drag.current.units + Math.round(way / PER_NEURON));
        }}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onKeyDown={(event) => {
          const by = KEYS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          resize(units + by);
        }}
      >
        {units}
      </div>
      {!isNarrow && button(1, network.wider(at + 1), "+")}
    </div>
  );
}
