import type { Store } from "../state/store.js";
import { drawLines } from "./lines.js";
import { layOut } from "./network-layout.js";
import { css, palette } from "./palette.js";

/** As wide as the picture is laid out for, before it is made to fit. */
const WIDTH = 640;

/** The network in small: weights as lines, neurons as dots; the layer that is looked at stands out. */
export function drawMini(context: CanvasRenderingContext2D, store: Store, width: number, height: number): void {
  const info = store.info.value;
  if (!info) return;
  const layout = layOut(info, WIDTH);
  const scale = Math.min(width / WIDTH, height / layout.height);
  context.save();
  context.scale(scale, scale);
  drawLines(context, layout, store);
  const { neutral, text } = palette();
  context.lineWidth = 2;
  context.strokeStyle = css(text);
  context.fillStyle = css(neutral);
  for (const { x, ys } of layout.columns) {
    for (const y of ys) {
      context.beginPath();
      context.arc(x, y, layout.node / 2, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
  context.restore();
}
