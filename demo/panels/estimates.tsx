import { useCallback } from "preact/hooks";
import { Canvas, type Draw } from "../drawing/canvas.js";
import { css, palette } from "../drawing/palette.js";
import type { Estimates } from "../engine/questions.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";
import { useAnswer } from "./use-answer.js";

/** Numbers to predict beside what the network says of them. */
export function EstimatesPanel({ store, texts: { estimates: texts } }: FurtherProps) {
  const answer = useAnswer(store, "estimates");
  const { short } = numbersOf(store.language.value);
  const name = store.info.value?.classNames[0] ?? "";
  const draw = useCallback<Draw>(
    (context, width, height) => answer && drawDots(context, answer, width, height),
    [answer],
  );
  return (
    <Panel id="estimates" title={texts.title}>
      {answer && (
        <>
          <p class="help">{(answer.isHeldOut ? texts.heldOut : texts.train)(short(answer.meanError))}</p>
          <Canvas class="square" draw={draw} label={texts.picture(name)} />
          <p class="scale">
            <span>
              {name}: {texts.truth} →
            </span>
            <span>{texts.said} ↑</span>
          </p>
        </>
      )}
    </Panel>
  );
}

function drawDots(
  context: CanvasRenderingContext2D,
  { truths, estimates, isHeldOut }: Estimates,
  width: number,
  height: number,
): void {
  const { text, classes } = palette();
  const all = [...truths, ...estimates];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const place = (value: number) => 0.05 + (0.9 * (value - low)) / (high - low || 1);
  context.strokeStyle = css(text, 0.4);
  context.beginPath();
  context.moveTo(0, height);
  context.lineTo(width, 0);
  context.stroke();
  context.fillStyle = css(classes[isHeldOut ? 0 : 1], 0.7);
  for (const [row, truth] of truths.entries()) {
    context.beginPath();
    context.arc(place(truth) * width, (1 - place(estimates[row])) * height, 3.5, 0, 2 * Math.PI);
    context.fill();
  }
}
