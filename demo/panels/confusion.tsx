import { useState } from "preact/hooks";
import type { AskedRow, Cell, Confusion } from "../engine/protocol.js";
import { dataChoices } from "../settings/data-sets.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";
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
            <Rows store={store} texts={all} rows={rows} truth={names[chosen![0]]} names={names} />
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

interface RowsProps extends FurtherProps {
  rows: readonly AskedRow[];
  truth: string;
  names: readonly string[];
}

/** Rows of a cell: as images where they are squares, else as a table. */
function Rows({ store, texts: { confusion: texts, table }, rows, truth, names }: RowsProps) {
  const { short, percent } = numbersOf(store.language.value);
  const cellNames = store.info.value?.cellNames ?? [];
  const side = Math.sqrt(rows[0].cells.length);
  const isImage = dataChoices[store.settings.value.data].isImage;
  const written = (cell: Cell) => (cell === undefined ? table.gap : typeof cell === "number" ? short(cell) : cell);
  const say = ({ probabilities }: AskedRow) => {
    const best = probabilities.indexOf(Math.max(...probabilities));
    return texts.says(names[best], percent(probabilities[best]), truth);
  };
  if (isImage) {
    return (
      <ul class="images">
        {rows.map((row) => (
          <li key={row.cells.join()}>
            <svg viewBox={`0 0 ${side} ${side}`} role="img" aria-label={say(row)}>
              {row.cells.map((value, i) => (
                <rect
                  key={i}
                  x={i % side}
                  y={Math.floor(i / side)}
                  width="1.02"
                  height="1.02"
                  opacity={Number(value)}
                />
              ))}
            </svg>
            <small>{say(row)}</small>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <ul class="rows">
      {rows.map((row) => (
        <li key={row.cells.join()}>
          {row.cells.map((cell, i) => `${cellNames[i] ?? i + 1} ${written(cell)}`).join(", ")}. {say(row)}
        </li>
      ))}
    </ul>
  );
}
