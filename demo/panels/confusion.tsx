import { useState } from "preact/hooks";
import type { AskedRow, Confusion } from "../engine/protocol.js";
import { numbersOf } from "./numbers.js";
import { Panel, type PanelProps } from "./panel.js";
import { useAnswer } from "./use-answer.js";

/** Rows by their class and by what the network takes them for; a cell shows its rows. */
export function ConfusionPanel({ store }: PanelProps) {
  const { confusion: texts } = store.texts.value;
  const confusion = useAnswer(store, "confusion");
  const [chosen, setChosen] = useState<readonly [truth: number, predicted: number]>();
  const names = store.info.value?.classNames ?? [];
  const rows = confusion && chosen && confusion.samples[chosen[0]]?.[chosen[1]];
  return (
    <Panel id="confusion" title={texts.title}>
      {confusion && confusion.counts.length === names.length && (
        <>
          <p class="help">{confusion.isHeldOut ? texts.heldOut : texts.train}</p>
          <Matrix store={store} confusion={confusion} names={names} choose={(...cell) => setChosen(cell)} />
          {rows && rows.length > 0 && <Rows store={store} rows={rows} truth={names[chosen![0]]} names={names} />}
        </>
      )}
    </Panel>
  );
}

interface MatrixProps extends PanelProps {
  confusion: Confusion;
  names: readonly string[];
  choose: (truth: number, predicted: number) => void;
}

function Matrix({ store, confusion: { counts }, names, choose }: MatrixProps) {
  const { confusion: texts } = store.texts.value;
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

interface RowsProps extends PanelProps {
  rows: readonly AskedRow[];
  truth: string;
  names: readonly string[];
}

/** Rows of a cell: as images where they are squares, else as a table. */
function Rows({ store, rows, truth, names }: RowsProps) {
  const { confusion: texts } = store.texts.value;
  const { short, percent } = numbersOf(store.language.value);
  const features = store.info.value?.featureNames ?? [];
  const side = Math.sqrt(rows[0].features.length);
  const say = ({ probabilities }: AskedRow) => {
    const best = probabilities.indexOf(Math.max(...probabilities));
    return texts.says(names[best], percent(probabilities[best]), truth);
  };
  if (Number.isInteger(side) && side > 3) {
    return (
      <ul class="images">
        {rows.map((row) => (
          <li key={row.features.join()}>
            <svg viewBox={`0 0 ${side} ${side}`} role="img" aria-label={say(row)}>
              {row.features.map((value, i) => (
                <rect
                  key={i}
                  x={i % side}
                  y={Math.floor(i / side)}
                  width="1.02"
                  height="1.02"
                  opacity={Math.max(0, Math.min(1, value))}
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
        <li key={row.features.join()}>
          {row.features.map((value, i) => `${features[i] ?? i + 1} ${short(value)}`).join(", ")}. {say(row)}
        </li>
      ))}
    </ul>
  );
}
