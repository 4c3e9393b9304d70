import { useCallback } from "preact/hooks";
import { Canvas, type Draw, paintBoard } from "../drawing/canvas.js";
import { colourOfClasses } from "../drawing/classes.js";
import { css, palette } from "../drawing/palette.js";
import { type Points, SIDE } from "../engine/protocol.js";
import type { Store } from "../state/store.js";
import { Panel, type PanelProps } from "./panel.js";

const DOT = 4;

/** The plane, coloured by what the network says of each place, with the rows as dots. */
export function SurfacePanel({ store }: PanelProps) {
  const { surface } = store.texts.value;
  const info = store.info.value;
  const draw = useCallback<Draw>((context, width, height) => drawSurface(store, context, width, height), [store]);
  if (!info?.plane) return null;
  return (
    <Panel id="surface" title={surface.title}>
      <Canvas class="square" draw={draw} label={surface.picture(info.classNames.join(", "))} />
      <ul class="legend">
        {info.classNames.map((name, i) => (
          <li key={name}>
            <span class={`swatch class-${i}`} />
            {name}
          </li>
        ))}
        <li>
          <span class="swatch dot" />
          {surface.train}
        </li>
        {info.heldOutRows > 0 && (
          <li>
            <span class="swatch ring" />
            {surface.heldOut}
          </li>
        )}
      </ul>
    </Panel>
  );
}

function drawSurface(store: Store, context: CanvasRenderingContext2D, width: number, height: number): void {
  const [info, frame] = [store.info.value, store.frame.value];
  if (!info?.plane) return;
  const responses = frame?.run === info.run ? frame.responses : undefined;
  if (responses) {
    const units = responses.length / SIDE ** 2;
    const outputs = info.layers.at(-1)!.units;
    const colours = palette();
    const colourOf = (field: number) => colourOfClasses(responses, (field + 1) * units - outputs, outputs, colours);
    paintBoard(context, [width, height], [SIDE, SIDE], colourOf, true);
  }
  const { left, right, bottom, top } = info.plane.bounds;
  drawPoints(
    context,
    info.plane.points,
    (x) => ((x - left) / (right - left)) * width,
    (y) => ((top - y) / (top - bottom)) * height,
  );
}

/** Rows to learn from as dots, rows held out as rings. */
function drawPoints(
  context: CanvasRenderingContext2D,
  { places, classes, heldOut }: Points,
  x: (value: number) => number,
  y: (value: number) => number,
): void {
  const { classes: colours, card } = palette();
  const radius = classes.length > 300 ? DOT - 1 : classes.length < 20 ? DOT + 3 : DOT;
  for (let row = 0; row < classes.length; row++) {
    context.beginPath();
    context.arc(x(places[2 * row]), y(places[2 * row + 1]), radius, 0, 2 * Math.PI);
    const colour = css(colours[classes[row] % colours.length]);
    context.fillStyle = heldOut[row] ? css(card) : colour;
    context.strokeStyle = heldOut[row] ? colour : css(card);
    context.lineWidth = heldOut[row] ? 2 : 1;
    context.fill();
    context.stroke();
  }
}
