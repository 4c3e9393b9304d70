import { useCallback, useEffect, useState } from "preact/hooks";
import { Canvas, type Draw } from "../drawing/canvas.js";
import { drawMini } from "../drawing/mini.js";
import type { Quantity, StepView } from "../engine/questions.js";
import { NumberField } from "./fields.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";
import { QuantityTable } from "./quantity.js";
import { quantityName } from "./quantity-name.js";
import { useAnswer } from "./use-answer.js";

const SECTIONS = ["given", "forward", "loss", "backward", "update"] as const;

/** A training step as it is worked by hand: one quantity after another, on rows that the visitor chooses. */
export function StepPanel({ store, texts }: FurtherProps) {
  const [first, setFirst] = useState(1);
  const [count, setCount] = useState(3);
  const [name, setName] = useState<string>();
  const [isExercise, setExercise] = useState(false);
  const view = useAnswer(store, "step", { first, count });
  const { step: words } = texts;
  const draw = useCallback<Draw>((context, width, height) => drawMini(context, store, width, height), [store]);
  const at = Math.max(0, view?.quantities.findIndex((each) => each.name === name) ?? 0);
  const quantity = view?.quantities[at];
  const isAlong = name !== undefined;
  useEffect(() => {
    if (!isAlong || quantity?.layer === undefined) store.looked.value = undefined;
    else {
      const way = quantity.section === "backward" || quantity.section === "update" ? "backward" : "forward";
      store.looked.value = { layer: quantity.layer, way };
    }
  }, [store, isAlong, quantity?.layer, quantity?.section]);
  useEffect(
    () => () => {
      store.looked.value = undefined;
    },
    [store],
  );
  return (
    <Panel id="step-inside" title={words.title}>
      <p class="help">{words.help}</p>
      <div class="steer">
        <div class="fields">
          <NumberField store={store} label={words.first} name="first" value={first} onChoose={setFirst} />
          <NumberField store={store} label={words.count} name="count" value={count} onChoose={setCount} />
        </div>
        {view && quantity && (
          <>
            <Way store={store} texts={texts} view={view} at={at} go={(to) => setName(view.quantities[to].name)} />
            <Canvas class="mini" draw={draw} label={words.picture} />
            <label class="check">
              <input
                type="checkbox"
                checked={isExercise}
                onChange={(event) => setExercise(event.currentTarget.checked)}
              />
              {words.exercise}
            </label>
          </>
        )}
      </div>
      {view && quantity && (
        <QuantityTable
          key={`${quantity.name} ${view.step} ${isExercise}`}
          store={store}
          texts={texts}
          quantity={quantity}
          rows={{ first, count }}
          isExercise={isExercise && quantity.section !== "given"}
        />
      )}
    </Panel>
  );
}

interface WayProps extends FurtherProps {
  view: StepView;
  at: number;
  go: (to: number) => void;
}

/** The way through the step: sections to jump to, and the quantity before and after. */
function Way({ store, texts: { step: words }, view, at, go }: WayProps) {
  const { count, short } = numbersOf(store.language.value);
  const { quantities } = view;
  const title = ({ name, layer }: Quantity) => quantityName(name, layer, words);
  return (
    <>
      <div class="buttons sections">
        {SECTIONS.map((section) => {
          const to = quantities.findIndex((each) => each.section === section);
          const isHere = quantities[at].section === section;
          return (
            <button key={section} type="button" aria-pressed={isHere} disabled={to < 0} onClick={() => go(to)}>
              {words.sections[section]}
            </button>
          );
        })}
      </div>
      <div class="walk">
        <button type="button" class="tool" aria-label={words.previous} disabled={at === 0} onClick={() => go(at - 1)}>
          ←
        </button>
        <select aria-label={words.quantity} value={at} onChange={(event) => go(Number(event.currentTarget.value))}>
          {quantities.map((each, i) => (
            <option key={each.name} value={i} selected={i === at}>
              {title(each)}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="tool"
          aria-label={words.next}
          disabled={at === quantities.length - 1}
          onClick={() => go(at + 1)}
        >
          →
        </button>
      </div>
      <p class="help">{words.place(count(view.step), count(view.rows), short(view.loss))}</p>
    </>
  );
}
