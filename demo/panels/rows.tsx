import { useState } from "preact/hooks";
import type { AskedRow, Why } from "../engine/questions.js";
import type { Cell } from "../engine/run.js";
import { dataChoices } from "../settings/data-sets.js";
import type { FurtherProps } from "./lazily.js";
import { type Numbers, numbersOf } from "./numbers.js";

interface RowsProps extends FurtherProps {
  rows: readonly AskedRow[];
  /** Number of their class. */
  truth: number;
  names: readonly string[];
}

/** Rows of a cell, as images where they are such; each is explained when it is asked for. */
export function Rows({ store, texts, rows, truth, names }: RowsProps) {
  const { confusion } = texts;
  const { percent } = numbersOf(store.language.value);
  const [open, setOpen] = useState<{ row: number; predicted: number; why: Why }>();
  const { isImage } = dataChoices[store.settings.value.data];
  const explain = (row: number, predicted: number) =>
    store.ask("why", { row, predicted }).then(
      (why) => setOpen({ row, predicted, why }),
      () => {},
    );
  return (
    <ul class={isImage ? "images" : "rows"}>
      {rows.map(({ row, cells, probabilities }) => {
        const best = probabilities.indexOf(Math.max(...probabilities));
        const said = confusion.says(names[best], percent(probabilities[best]), names[truth]);
        return (
          <li key={row}>
            {isImage ? <Pixels values={cells.map(Number)} says={said} /> : <Cells {...{ store, texts, cells }} />}
            <small>{said}</small>{" "}
            <button
              type="button"
              class="small why"
              aria-expanded={open?.row === row}
              onClick={() => explain(row, best)}
            >
              {confusion.why}
            </button>
            {open?.row === row && <Because {...{ store, texts, names, truth, isImage, ...open }} />}
          </li>
        );
      })}
    </ul>
  );
}

/** Cells of a row that are written out. */
const MOST_CELLS = 32;

interface CellsProps extends Pick<FurtherProps, "store" | "texts"> {
  cells: readonly Cell[];
}

function Cells({ store, texts: { table }, cells }: CellsProps) {
  const { cellNames } = store.info.value!;
  const numbers = numbersOf(store.language.value);
  const shown = cells.slice(0, MOST_CELLS).map((cell, i) => {
    return `${cellNames[i] ?? i + 1} ${written(cell, numbers, table.gap)}`;
  });
  const left = cells.length - shown.length;
  const { more } = store.texts.value.network;
  return <>{[...shown, ...(left > 0 ? [more(left)] : [])].join(", ")}. </>;
}

const written = (cell: Cell, { short }: Numbers, gap: string): string =>
  cell === undefined ? gap : typeof cell === "number" ? short(cell) : cell;

interface BecauseProps extends FurtherProps {
  names: readonly string[];
  truth: number;
  predicted: number;
  isImage: boolean;
  why: Why;
}

/** Why a row was taken for something. */
function Because({ store, texts, names, truth, predicted, isImage, why }: BecauseProps) {
  const { confusion } = texts;
  const { short } = numbersOf(store.language.value);
  const signed = (value: number) => (value > 0 ? `+${short(value)}` : short(value));
  return (
    <div class="because">
      <p>{why.map ? confusion.map : confusion.slopes(names[predicted], names[truth])}</p>
      {why.map ? (
        <Pixels values={why.map} says={confusion.map} isSigned />
      ) : (
        <p>{why.slopes.map(({ name, slope }) => `${name} ${signed(slope)}`).join(", ")}</p>
      )}
      <p>{confusion.nearest}</p>
      <ul class={isImage ? "images" : "rows"}>
        {why.nearest.map(({ cells, label, distance }, i) => {
          const says = confusion.neighbour(names[label], short(distance));
          return (
            <li key={i}>
              {isImage ? <Pixels values={cells.map(Number)} says={says} /> : <Cells {...{ store, texts, cells }} />}
              <small>{says}</small>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export interface PixelsProps {
  /** [side, side] */
  values: readonly number[];
  says: string;
  /** Whether values are coloured by their sign. */
  isSigned?: boolean;
}

/** A square image. */
export function Pixels({ values, says, isSigned }: PixelsProps) {
  const side = Math.sqrt(values.length);
  const most = isSigned ? Math.max(1e-9, ...values.map(Math.abs)) : 1;
  return (
    <svg class="pixels" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={says}>
      {values.map((value, i) =>
        Math.abs(value) < 0.02 * most ? null : (
          <rect
            key={i}
            class={isSigned ? (value > 0 ? "for" : "against") : undefined}
            x={i % side}
            y={Math.floor(i / side)}
            width="1.02"
            height="1.02"
            opacity={Math.min(1, Math.abs(value) / most)}
          />
        ),
      )}
    </svg>
  );
}
