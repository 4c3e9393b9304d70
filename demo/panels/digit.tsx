import "../style/draw.css";
import { useSignal, useSignalEffect } from "@preact/signals";
import { useCallback, useRef, useState } from "preact/hooks";
import { Canvas, type Draw, paintBoard } from "../drawing/canvas.js";
import { INK_SIDE, type Place, withStroke } from "../drawing/ink.js";
import { css, mix, pack, palette } from "../drawing/palette.js";
import type { Reading } from "../engine/questions.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";

/** The way of the pen by an arrow key. */
const STEP = 1 / 28;

const ARROWS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

const EMPTY = new Float32Array(INK_SIDE ** 2);

/** A field to draw a digit in, and what the network says of it while it is drawn. */
export function DrawDigit({ store, texts: { digit: texts } }: FurtherProps) {
  const ink = useSignal<Float32Array>(EMPTY);
  const pen = useSignal<(Place & { isDown: boolean }) | undefined>(undefined);
  const [reading, setReading] = useState<Reading>();
  const asked = useRef<{ ink: Float32Array; step: number; isOpen: boolean }>({ ink: EMPTY, step: -1, isOpen: false });
  // One question at a time: the next one is of the newest ink, or of the network as it is then.
  useSignalEffect(() => {
    const [pixels, frame] = [ink.value, store.frame.value];
    const state = asked.current;
    if (pixels === EMPTY) setReading(undefined);
    if (pixels === EMPTY || !frame || state.isOpen) return;
    if (state.ink === pixels && state.step === frame.step) return;
    Object.assign(state, { ink: pixels, step: frame.step, isOpen: true });
    store
      .ask("drawn", { side: INK_SIDE, pixels })
      .then(setReading, () => {})
      .finally(() => {
        state.isOpen = false;
        if (ink.peek() !== pixels && ink.peek() !== EMPTY) ink.value = ink.peek().slice();
      });
  });
  const draw = useCallback<Draw>(
    (context, width, height) => {
      const { card, text } = palette();
      const pixels = ink.value;
      paintBoard(context, [width, height], [INK_SIDE, INK_SIDE], (field) => pack(mix(card, text, pixels[field])), true);
      if (!pen.value) return;
      context.strokeStyle = css(text);
      context.lineWidth = pen.value.isDown ? 4 : 2;
      context.strokeRect(pen.value.x * width - 6, pen.value.y * height - 6, 12, 12);
    },
    [ink, pen],
  );
  const last = useRef<Place | undefined>(undefined);
  const go = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const to = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    ink.value = withStroke(ink.peek(), last.current ?? to, to);
    last.current = to;
  };
  const press = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    const { x, y, isDown } = pen.peek() ?? { x: 0.5, y: 0.25, isDown: false };
    const to = { x: x + (arrow?.[0] ?? 0), y: y + (arrow?.[1] ?? 0), isDown: event.key === " " ? !isDown : isDown };
    if (!arrow && event.key !== " ") return;
    event.preventDefault();
    pen.value = to;
    if (to.isDown) ink.value = withStroke(ink.peek(), { x, y }, to);
  };
  return (
    <Panel id="draw-digit" title={texts.title}>
      <p class="help">{(store.frame.value?.step ?? 0) === 0 ? texts.untrained : texts.help}</p>
      <div
        class="board ink"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: digits are drawn with keys as well
        tabIndex={0}
        aria-label={texts.pad}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = undefined;
          go(event);
        }}
        onPointerMove={(event) => event.buttons > 0 && go(event)}
        onKeyDown={press}
        onBlur={() => {
          pen.value = undefined;
        }}
      >
        <Canvas class="square" draw={draw} label="" />
      </div>
      <div class="buttons">
        <button
          type="button"
          onClick={() => {
            ink.value = EMPTY;
          }}
        >
          {texts.clear}
        </button>
        {reading && <Seen reading={reading} title={texts.seen} />}
      </div>
      {reading && <Bars store={store} texts={texts} reading={reading} />}
    </Panel>
  );
}

function Seen({ reading: { seen }, title }: { reading: Reading; title: string }) {
  const draw = useCallback<Draw>(
    (context, width, height) => {
      const side = Math.sqrt(seen.length);
      const { card, text } = palette();
      paintBoard(context, [width, height], [side, side], (field) => pack(mix(card, text, seen[field])), false);
    },
    [seen],
  );
  return (
    <span class="seen">
      <Canvas draw={draw} label="" /> <small>{title}</small>
    </span>
  );
}

interface BarsProps extends Pick<FurtherProps, "store"> {
  texts: FurtherProps["texts"]["digit"];
  reading: Reading;
}

/** Probabilities of all classes as bars. */
function Bars({ store, texts, reading: { probabilities } }: BarsProps) {
  const { percent } = numbersOf(store.language.value);
  const names = store.info.value?.classNames ?? [];
  const best = probabilities.indexOf(Math.max(...probabilities));
  return (
    <>
      <p class="says" aria-live="polite">
        {texts.says(names[best], percent(probabilities[best]))}
      </p>
      <ul class="bars">
        {probabilities.map((probability, i) => (
          <li key={names[i]} class={i === best ? "best" : undefined}>
            <span>{names[i]}</span>
            <span class="bar" style={{ width: `${100 * probability}%` }} />
            <span>{percent(probability)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
