import type { Looked, Store } from "../state/store.js";
import type { NetworkLayout } from "./network-layout.js";
import { css, diverging, palette } from "./palette.js";

const THICKEST = 7;

/** Weights as lines between neurons: coloured by their sign, as thick as they are large beside the layer's largest. */
export function drawLines(context: CanvasRenderingContext2D, { columns, node }: NetworkLayout, store: Store): void {
  const [info, frame] = [store.info.value, store.frame.value];
  if (!info || !frame || frame.run !== info.run) return;
  const colours = palette();
  context.lineCap = "round";
  const looked = store.looked.value;
  for (const [layer, { weight }] of frame.weights.entries()) {
    context.globalAlpha = looked && looked.layer !== layer ? 0.12 : 1;
    const [from, to] = [columns[layer], columns[layer + 1]];
    if (!from || !to) return;
    const line = frame.lines[layer] ?? weight;
    const largest = largestOf(line);
    const [left, right] = [from.x + node / 2, to.x - node / 2];
    const middle = (left + right) / 2;
    for (const [i, y] of from.ys.entries()) {
      for (const [j, z] of to.ys.entries()) {
        const share = line[i * to.count + j] / largest;
        context.strokeStyle = css(diverging(Math.sign(share) * (0.25 + 0.75 * Math.abs(share)), colours));
        context.lineWidth = 0.5 + THICKEST * Math.abs(share) ** 1.3;
        context.beginPath();
        context.moveTo(left, y);
        context.bezierCurveTo(middle, y, middle, z, right, z);
        context.stroke();
      }
    }
    if (looked?.layer === layer) drawWay(context, left, right, from.ys[0] - node / 2, looked.way);
  }
  context.globalAlpha = 1;
}

/** An arrow above a layer's weights: the way that is looked at. */
function drawWay(
  context: CanvasRenderingContext2D,
  left: number,
  right: number,
  top: number,
  way: Looked["way"],
): void {
  const y = Math.max(8, top - 10);
  const [start, end] = way === "forward" ? [left, right] : [right, left];
  const back = Math.sign(end - start) * 9;
  context.strokeStyle = css(palette().text);
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(start, y);
  context.lineTo(end, y);
  context.moveTo(end - back, y - 6);
  context.lineTo(end, y);
  context.lineTo(end - back, y + 6);
  context.stroke();
}

const largestOf = (values: Float32Array): number => {
  let largest = 1e-9;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
};
