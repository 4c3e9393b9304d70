import { ACTIVATIONS, type HiddenLayer, isInRange, MOST_LAYERS } from "../settings/settings.js";
import { Choice, NumberField } from "./fields.js";
import type { PanelProps } from "./panel.js";

/** The hidden layers as a list: neurons, activation and dropout of each, one more or one less. */
export function LayerList({ store }: PanelProps) {
  const { network, settings: texts } = store.texts.value;
  const { layers } = store.settings.value;
  const change = (at: number, some: Partial<HiddenLayer>) =>
    store.change({ layers: layers.map((layer, i) => (i === at ? { ...layer, ...some } : layer)) });
  const add = () => store.change({ layers: [...layers, layers.at(-1) ?? { units: 4, activation: "tanh" }] });
  return (
    <>
      <ol class="layers">
        {layers.map((layer, i) => (
          <li key={i}>
            <fieldset class="layer">
              <legend>{network.hidden(i + 1)}</legend>
              <NumberField
                store={store}
                label={network.neurons}
                name="units"
                value={layer.units}
                onChoose={(units) => change(i, { units })}
              />
              <Choice
                label={texts.activation}
                value={layer.activation}
                choices={ACTIVATIONS}
                onChoose={(activation) => change(i, { activation })}
              />
              <NumberField
                store={store}
                label={network.dropout}
                name="dropout"
                value={layer.dropout ?? 0}
                onChoose={(dropout) => change(i, { dropout })}
              />
              <button
                type="button"
                class="tool"
                aria-label={network.remove(i + 1)}
                title={network.remove(i + 1)}
                onClick={() => store.change({ layers: layers.filter((_, at) => at !== i) })}
              >
                ×
              </button>
            </fieldset>
          </li>
        ))}
      </ol>
      <button type="button" onClick={add} disabled={layers.length >= MOST_LAYERS}>
        + {network.add}
      </button>
    </>
  );
}

interface WidthProps extends PanelProps {
  /** Number of the hidden layer. */
  at: number;
  x: number;
}

/** Buttons above a layer of the picture: a neuron less, a neuron more. */
export function WidthButtons({ store, at, x }: WidthProps) {
  const { network } = store.texts.value;
  const { layers } = store.settings.value;
  const layer = layers[at];
  if (!layer) return null;
  const resize = (units: number) =>
    store.change({ layers: layers.map((each, i) => (i === at ? { ...each, units } : each)) });
  const button = (by: 1 | -1, label: string, sign: string) => (
    <button
      type="button"
      class="small"
      aria-label={label}
      title={label}
      disabled={!isInRange("units", layer.units + by)}
      onClick={() => resize(layer.units + by)}
    >
      {sign}
    </button>
  );
  return (
    <div class="widths" style={{ left: `${x}px` }}>
      {button(-1, network.fewer(at + 1), "−")}
      {button(1, network.wider(at + 1), "+")}
    </div>
  );
}
