import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { followSize } from "./size.js";

/** Draws on a canvas of so many CSS pixels. */
export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

interface CanvasProps {
  /** Called again whenever a signal that it reads changes. The same function as long as it draws the same. */
  draw: Draw;
  /** Read out in place of the picture; a picture that only decorates has "". */
  label: string;
  class?: string;
}

/** A picture that follows signals, sharp on every screen, as large as its style says. */
export function Canvas({ draw, label, class: className }: CanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current!;
    const context = canvas.getContext("2d")!;
    const size = signal({ width: canvas.clientWidth, height: canvas.clientHeight });
    const unfollow = followSize(canvas, (width, height) => {
      size.value = { width, height };
    });
    const stop = effect(() => {
      const { width, height } = size.value;
      const ratio = Math.min(2, devicePixelRatio);
      const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (across === 0 || down === 0) return;
      if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      draw(context, width, height);
    });
    return () => {
      stop();
      unfollow();
    };
  }, [draw]);
  return <canvas ref={ref} class={className} {...(label ? { role: "img", "aria-label": label } : {})} />;
}

const scratch = document.createElement("canvas");

/** Draws a board of coloured fields over a whole canvas. @param colourOf - as a pixel @param isSmooth - colours run into each other */
export function paintBoard(
  context: CanvasRenderingContext2D,
  [width, height]: readonly [number, number],
  [columns, rows]: readonly [number, number],
  colourOf: (field: number) => number,
  isSmooth: boolean,
): void {
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let field = 0; field < pixels.length; field++) pixels[field] = colourOf(field);
  if (scratch.width !== columns || scratch.height !== rows) Object.assign(scratch, { width: columns, height: rows });
  scratch.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = isSmooth;
  context.drawImage(scratch, 0, 0, columns, rows, 0, 0, width, height);
}
