import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Canvas, type Draw } from "../drawing/canvas.js";
import { drawLines } from "../drawing/lines.js";
import { type Column, layOut, type NetworkLayout } from "../drawing/network-layout.js";
import { drawNeuron } from "../drawing/neuron.js";
import { followSize } from "../drawing/size.js";
import type { RunInfo } from "../engine/run.js";
import { EditLayers } from "./edit-layers.js";
import { LayerList } from "./layers.js";
import { numbersOf } from "./numbers.js";
import { Panel, type PanelProps } from "./panel.js";
import { Width } from "./widths.js";

/** Pixels that a layer's controls for its width take. */
const WIDTH_CONTROLS = 92;

/** The network: neurons as small pictures, weights as lines. */
export function NetworkPanel({ store }: PanelProps) {
  const { network } = store.texts.value;
  const info = store.info.value;
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => followSize(ref.current!, setWidth), []);
  const { count } = numbersOf(store.language.value);
  return (
    <Panel id="network" title={network.title}>
      <div class={info?.plane || info?.side ? "network" : "network named"}>
        <div ref={ref}>{info && width > 0 && <Picture store={store} info={info} layout={layOut(info, width)} />}</div>
      </div>
      {store.status.value === "waiting" && <p class="help">{network.waiting}</p>}
      {info && (
        <p class="help">
          {network.parameters(count(info.parameters))}.{" "}
          {info.plane ? network.help : info.side ? network.helpImage : network.helpWeights}
        </p>
      )}
      <LayerList store={store} />
    </Panel>
  );
}

interface PictureProps extends PanelProps {
  info: RunInfo;
  layout: NetworkLayout;
}

function Picture({ store, info, layout }: PictureProps) {
  const { network } = store.texts.value;
  const { columns, node, height } = layout;
  const lines = useCallback<Draw>(
    (context) => drawLines(context, layout, store),
    [store, info, height, columns[0].x, columns.at(-1)!.x],
  );
  const isNarrow = columns[1].x - columns[0].x < WIDTH_CONTROLS;
  const layers = info.layers.map(({ units, inputs }) => network.units(units, inputs)).join("; ");
  return (
    <div class="picture" style={{ height: `${height}px` }}>
      <Canvas class="lines" draw={lines} label={network.picture(layers)} />
      {columns.slice(1, -1).map(({ layer, x }) => (
        <Width key={layer} store={store} column={layer} x={x} isNarrow={isNarrow} />
      ))}
      <EditLayers store={store} layout={layout} />
      {columns.map((column) => (
        <Neurons key={`${info.run} ${column.layer}`} store={store} info={info} column={column} node={node} />
      ))}
    </div>
  );
}

interface NeuronsProps extends PanelProps {
  info: RunInfo;
  column: Column;
  node: number;
}

/** The neurons of a column, each with its picture. */
function Neurons({ store, info, column, node }: NeuronsProps) {
  const { network } = store.texts.value;
  const { layer, count, x, ys } = column;
  const left = count - ys.length;
  return (
    <>
      {ys.map((y, unit) => (
        <Neuron
          key={unit}
          store={store}
          layer={layer}
          unit={unit}
          place={{ x, y, node }}
          name={nameOf(info, layer, unit)}
        />
      ))}
      {left > 0 && (
        <span class="more" style={{ left: `${x}px`, top: `${ys.at(-1)! + node / 2 + 4}px` }}>
          {network.more(left)}
        </span>
      )}
    </>
  );
}

interface NeuronProps extends PanelProps {
  layer: number;
  unit: number;
  place: { x: number; y: number; node: number };
  /** Of a feature or a class; neurons between have none. */
  name: string | undefined;
}

function Neuron({ store, layer, unit, place, name }: NeuronProps) {
  const draw = useCallback<Draw>(
    (context, width, height) => drawNeuron(context, [width, height], store, layer, unit),
    [store, layer, unit],
  );
  const { x, y, node } = place;
  const style = { left: `${x - node / 2}px`, top: `${y - node / 2}px`, width: `${node}px`, height: `${node}px` };
  return (
    <div class="neuron" style={style}>
      <Canvas draw={draw} label="" />
      {name !== undefined && (
        <span class={layer < 0 ? "name feature" : "name output"} title={name}>
          {name}
        </span>
      )}
    </div>
  );
}

function nameOf({ featureNames, classNames, layers, side }: RunInfo, layer: number, unit: number): string | undefined {
  if (layer < 0) return side ? undefined : featureNames[unit];
  if (layer < layers.length - 1) return undefined;
  return layers[layer].units === 1 ? classNames.at(-1) : classNames[unit];
}
