import { kindsBetween, layerLike } from "../settings/layer-kinds.js";
import {
  ACTIVATIONS,
  freshLayer,
  type HiddenLayer,
  type LayerKind,
  MOST_LAYERS,
  type RangeName,
} from "../settings/settings.js";
import { Choice, NumberField } from "./fields.js";
import type { PanelProps } from "./panel.js";

/** The hidden layers as a list: kind, size, activation and dropout of each, one more or one less. */
export function LayerList({ store }: PanelProps) {
  const { network } = store.texts.value;
  const { layers } = store.settings.value;
  const replace = (at: number, layer: HiddenLayer) =>
    store.change({ layers: layers.map((each, i) => (i === at ? layer : each)) });
  const add = () => store.change({ layers: [...layers, layerLike("dense", [layers.at(-1)])] });
  return (
    <>
      <ol class="layers">
        {layers.map((layer, i) => (
          <li key={i}>
            <fieldset class="layer">
              <legend>{network.hidden(i + 1)}</legend>
              <LayerFields store={store} at={i} layer={layer} replace={(changed) => replace(i, changed)} />
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

interface LayerFieldsProps extends PanelProps {
  at: number;
  layer: HiddenLayer;
  replace: (layer: HiddenLayer) => void;
}

function LayerFields({ store, at, layer, replace }: LayerFieldsProps) {
  const { network, settings: texts } = store.texts.value;
  const { data, layers } = store.settings.value;
  const { kind } = layer;
  const kinds = kindsBetween(data, layers.slice(0, at), layers.slice(at + 1));
  const number = (name: RangeName & keyof HiddenLayer, label: string) => (
    <NumberField
      store={store}
      label={label}
      name={name}
      value={Number(layer[name] ?? 0)}
      onChoose={(value) => replace({ ...layer, [name]: value })}
    />
  );
  const isNorm = kind === "batchNorm" || kind === "layerNorm";
  return (
    <>
      <Choice
        label={network.kind}
        value={kind ?? "dense"}
        choices={Object.fromEntries(kinds.map((each) => [each, network.kinds[each]]))}
        onChoose={(chosen) => replace(freshLayer(chosen as LayerKind | "dense"))}
      />
      {!isNorm && number("units", kind === "conv2d" ? network.channels : kind ? network.pool : network.neurons)}
      {kind === "conv2d" && number("side", network.side)}
      {kind === "conv2d" && number("stride", network.stride)}
      {(kind === undefined || kind === "conv2d") && (
        <Choice
          label={texts.activation}
          value={layer.activation}
          choices={ACTIVATIONS}
          onChoose={(activation) => replace({ ...layer, activation })}
        />
      )}
      {!isNorm && number("dropout", network.dropout)}
    </>
  );
}
