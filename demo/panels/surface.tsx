import { useCallback } from "preact/hooks";
import { Canvas, type Draw } from "../drawing/canvas.js";
import { classColour } from "../drawing/palette.js";
import { drawSurface } from "../drawing/surface.js";
import { lazily } from "./lazily.js";
import { Panel, type PanelProps } from "./panel.js";

const ByHand = lazily(async () => (await import("./by-hand.js")).ByHand);

const DrawDigit = lazily(async () => (await import("./digit.js")).DrawDigit);

/** The plane, coloured by what the network says of each place, with the rows as dots; of images a field to draw one in. */
export function SurfacePanel({ store }: PanelProps) {
  const { surface } = store.texts.value;
  const info = store.info.value;
  const draw = useCallback<Draw>((context, width, height) => drawSurface(context, store, width, height), [store]);
  const isByHand = store.settings.value.data === "byHand";
  if (info?.side) return store.settings.value.data === "fashionMnist" ? null : <DrawDigit store={store} />;
  if (!info?.plane && !isByHand) return null;
  return (
    <Panel id="surface" title={surface.title}>
      {isByHand ? (
        <ByHand store={store} />
      ) : (
        <Canvas class="square" draw={draw} label={surface.picture(info!.classNames.join(", "))} />
      )}
      {info && <Legend store={store} />}
    </Panel>
  );
}

function Legend({ store }: PanelProps) {
  const { surface } = store.texts.value;
  const { task, classNames, heldOutRows } = store.info.value!;
  return (
    <ul class="legend">
      {task === "number" && (
        <li>
          {surface.low} <span class="swatch ramp" /> {surface.high}
        </li>
      )}
      {task === "classes" &&
        classNames.map((name, i) => (
          <li key={name}>
            <span class="swatch" style={{ background: classColour(i) }} />
            {name}
          </li>
        ))}
      <li>
        <span class="swatch dot" />
        {surface.train}
      </li>
      {heldOutRows > 0 && (
        <li>
          <span class="swatch ring" />
          {surface.heldOut}
        </li>
      )}
    </ul>
  );
}
