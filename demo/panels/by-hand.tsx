import "../style/draw.css";
import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useState } from "preact/hooks";
import { Canvas, type Draw } from "../drawing/canvas.js";
import { drawGround, drawPoints } from "../drawing/surface.js";
import {
  decodePoints,
  encodePoints,
  HAND_CLASSES,
  type HandPoint,
  isSamePlace,
  MOST_HAND_POINTS,
} from "../settings/points.js";
import type { FurtherProps } from "./lazily.js";

/** Between two points of a stroke, and around the place that is erased. */
const GAP = 0.07;
/** The way of the cursor by an arrow key. */
const STEP = 0.05;

const ARROWS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

/** The plane to draw points into, with a pointer or with keys. */
export function ByHand({ store, texts: { byHand: texts } }: FurtherProps) {
  const [tool, setTool] = useState(0); // a class, or HAND_CLASSES: what erases
  const kept = store.settings.value.points;
  const points = useSignal<readonly HandPoint[]>(decodePoints(kept));
  const cursor = useSignal<{ x: number; y: number } | undefined>(undefined);
  useEffect(() => {
    points.value = decodePoints(kept);
  }, [kept, points]);
  const keep = () => {
    const text = encodePoints(points.peek());
    if (text !== store.settings.peek().points) store.change({ points: text });
  };
  const use = (x: number, y: number) => {
    const now = points.peek();
    const near = now.filter((point) => isSamePlace(point, { x, y }, GAP));
    if (tool === HAND_CLASSES) points.value = now.filter((point) => !near.includes(point));
    else if (now.length < MOST_HAND_POINTS && !near.some(({ label }) => label === tool))
      points.value = [...now, { x, y, label: tool }];
  };
  const draw = useCallback<Draw>(
    (context, width, height) => {
      drawGround(context, store, width, height);
      const all = points.value;
      const table = {
        places: Float32Array.from(all.flatMap(({ x, y }) => [x, y])),
        labels: Float32Array.from(all, ({ label }) => label),
        heldOut: new Uint8Array(all.length),
      };
      const across = (x: number) => ((x + 1) / 2) * width;
      const down = (y: number) => ((1 - y) / 2) * height;
      drawPoints(context, table, "classes", across, down);
      if (!cursor.value) return;
      context.strokeStyle = getComputedStyle(context.canvas).color;
      context.lineWidth = 2;
      context.strokeRect(across(cursor.value.x) - 8, down(cursor.value.y) - 8, 16, 16);
    },
    [store, points, cursor],
  );
  const pointAt = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    use((2 * (event.clientX - box.left)) / box.width - 1, 1 - (2 * (event.clientY - box.top)) / box.height);
  };
  const press = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    const { x, y } = cursor.value ?? { x: 0, y: 0 };
    const clamp = (value: number) => Math.round(100 * Math.max(-1, Math.min(1, value))) / 100;
    if (arrow) cursor.value = { x: clamp(x + arrow[0]), y: clamp(y + arrow[1]) };
    else if (event.key === "Enter" || event.key === " ") {
      use(x, y);
      keep();
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <p class="help">{store.status.value === "waiting" ? texts.needed : texts.help}</p>
      <fieldset class="tools">
        <legend class="visually-hidden">{texts.tools}</legend>
        {texts.colours.map((name, i) => (
          <label key={name}>
            <input type="radio" name="tool" checked={tool === i} onChange={() => setTool(i)} />
            {i < HAND_CLASSES && <span class={`swatch class-${i}`} />}
            {name}
          </label>
        ))}
      </fieldset>
      <div
        class="board"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: points are drawn with keys as well
        tabIndex={0}
        aria-label={texts.board(points.value.length)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pointAt(event);
        }}
        onPointerMove={(event) => event.buttons > 0 && pointAt(event)}
        onPointerUp={keep}
        onPointerCancel={keep}
        onKeyDown={press}
        onBlur={() => {
          cursor.value = undefined;
        }}
      >
        <Canvas class="square" draw={draw} label="" />
      </div>
      <div class="buttons">
        <button type="button" onClick={() => store.change({ points: "" })} disabled={points.value.length === 0}>
          {texts.clear}
        </button>
      </div>
    </>
  );
}
