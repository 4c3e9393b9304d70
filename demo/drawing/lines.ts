import type { Store } from "../state/store.js";
import type { NetworkLayout } from "./network-layout.js";
import { css, diverging, palette } from "./palette.js";

const THICKEST = 7;

/** Weights as lines between neurons: coloured by their sign, as thick as they are large beside the layer's largest. */
export function drawLines(context: CanvasRenderingContext2D, { columns, node }: NetworkLayout, store: Store): void {
  const [info, frame] = [store.info.value, store.frame.value];
  if (!info || !frame || frame.run !== info.run) return;
  const colours = palette();
  context.lineCap = "round";
  for (const [layer, { weight }] of frame.weights.entries()) {
    const [from, to] = [columns[layer], columns[layer + 1]];
    if (!from || !to) return;
    const largest = largestOf(weight);
    const [left, right] = [from.x + node / 2, to.x - node / 2];
    const middle = (left + right) / 2;
    for (const [i, y] of from.ys.entries()) {
      for (const [j, z] of to.ys.entries()) {
        const share = weight[i * to.count + j] / largest;
        context.strokeStyle = css(diverging(Math.sign(share) * (0.25 + 0.75 * Math.abs(share)), colours));
        context.lineWidth = 0.5 + THICKEST * Math.abs(share) ** 1.3;
        context.beginPath();
        context.moveTo(left, y);
        context.bezierCurveTo(middle, y, middle, z, right, z);
        context.stroke();
      }
    }
  }
}

const largestOf = (values: Float32Array): number => {
  let largest = 1e-9;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
};
