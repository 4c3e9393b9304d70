import { type Points, type RunInfo, SIDE } from "../engine/run.js";
import type { Store } from "../state/store.js";
import { paintBoard } from "./canvas.js";
import { colourOfClasses } from "./classes.js";
import { css, diverging, divergingPixel, palette } from "./palette.js";

const DOT = 4;
/** Numbers this many deviations from their mean have the strongest colour. */
const MOST_DEVIATIONS = 2;

/** The plane, coloured by what the network says of each place, as far as it is known. */
export function drawGround(context: CanvasRenderingContext2D, store: Store, width: number, height: number): void {
  const [info, frame] = [store.info.value, store.frame.value];
  const responses = info?.plane && frame?.run === info.run ? frame.responses : undefined;
  if (!info || !responses) return;
  const units = responses.length / SIDE ** 2;
  const outputs = info.layers.at(-1)!.units;
  const colours = palette();
  const colourOf = (field: number) => {
    const at = (field + 1) * units - outputs;
    if (info.task === "number") return divergingPixel(responses[at] / MOST_DEVIATIONS, colours);
    return colourOfClasses(responses, at, outputs, colours);
  };
  paintBoard(context, [width, height], [SIDE, SIDE], colourOf, true);
}

/** The plane with the rows of a training as points. */
export function drawSurface(context: CanvasRenderingContext2D, store: Store, width: number, height: number): void {
  drawGround(context, store, width, height);
  const info = store.info.value;
  if (!info?.plane) return;
  const { left, right, bottom, top } = info.plane.bounds;
  drawPoints(
    context,
    info.plane.points,
    info.task,
    (x) => ((x - left) / (right - left)) * width,
    (y) => ((top - y) / (top - bottom)) * height,
  );
}

/** Rows to learn from as dots, rows held out as rings. */
export function drawPoints(
  context: CanvasRenderingContext2D,
  { places, labels, heldOut }: Points,
  task: RunInfo["task"],
  x: (value: number) => number,
  y: (value: number) => number,
): void {
  const colours = palette();
  const { classes, card } = colours;
  const radius = labels.length > 300 ? DOT - 1 : labels.length < 20 ? DOT + 3 : DOT;
  for (let row = 0; row < labels.length; row++) {
    context.beginPath();
    context.arc(x(places[2 * row]), y(places[2 * row + 1]), radius, 0, 2 * Math.PI);
    const colour = css(
      task === "number" ? diverging(labels[row] / MOST_DEVIATIONS, colours) : classes[labels[row] % classes.length],
    );
    context.fillStyle = heldOut[row] ? css(card) : colour;
    context.strokeStyle = heldOut[row] ? colour : css(card);
    context.lineWidth = heldOut[row] ? 2 : 1;
    context.fill();
    context.stroke();
  }
}
