import { useState } from "preact/hooks";
import type { Confusion } from "../engine/questions.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";
import { Rows } from "./rows.js";
import { useAnswer } from "./use-answer.js";

/** Rows by their class and by what the network takes them for; a cell shows its rows. */
export function ConfusionPanel({ store, texts: all }: FurtherProps) {
  const { confusion: texts } = all;
  const confusion = useAnswer(store, "confusion");
  const [chosen, setChosen] = useState<readonly [truth: number, predicted: number]>();
  const names = store.info.value?.classNames ?? [];
  const rows = confusion && chosen && confusion.samples[chosen[0]]?.[chosen[1]];
  return (
    <Panel id="confusion" title={texts.title}>
      {confusion && confusion.counts.length === names.length && (
        <>
          <p class="help">{confusion.isHeldOut ? texts.heldOut : texts.train}</p>
          <Matrix store={store} texts={all} confusion={confusion} names={names} choose={(...cell) => setChosen(cell)} />
          {rows && rows.length > 0 && (
            <Rows key={chosen!.join()} store={store} texts={all} rows={rows} truth={chosen![0]} names={names} />
          )}
        </>
      )}
    </Panel>
  );
}

interface MatrixProps extends FurtherProps {
  confusion: Confusion;
  names: readonly string[];
  choose: (truth: number, predicted: number) => void;
}

function Matrix({ store, texts: { confusion: texts }, confusion: { counts }, names, choose }: MatrixProps) {
  const { count } = numbersOf(store.language.value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={texts.matrix}>
      <table class="confusion">
        <thead>
          <tr>
            <th scope="col">{texts.corner}</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((cells, truth) => (
            <tr key={names[truth]}>
              <th scope="row">{names[truth]}</th>
              {cells.map((rows, predicted) => (
                <td key={names[predicted]}>
                  <button
                    type="button"
                    class={rows === 0 ? "none" : truth === predicted ? "right" : "wrong"}
                    disabled={rows === 0}
                    aria-label={texts.cell(count(rows), names[truth], names[predicted])}
                    onClick={() => choose(truth, predicted)}
                  >
                    {count(rows)}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
