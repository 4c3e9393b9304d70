import { useId, useState } from "preact/hooks";
import type { TableColumn, TableInfo } from "../engine/run.js";
import { leavingOut, placesIn } from "../settings/columns.js";
import { isForOther } from "../settings/left-out.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";

/** From so many columns on they are searched, and taken or left out together. */
const MANY = 12;

interface ColumnsProps extends Pick<FurtherProps, "store"> {
  texts: FurtherProps["texts"]["table"];
  table: TableInfo;
}

/** Columns of the visitor's table, with what they are taken for; each can be left out, and those that a search finds. */
export function Columns({ store, texts, table }: ColumnsProps) {
  const [search, setSearch] = useState("");
  const { leftOut: chosen } = store.settings.value;
  const leftOut = placesIn(table, chosen);
  const { count } = numbersOf(store.language.value);
  const others = [...table.columns.entries()].filter(([, { name }]) => name !== table.target);
  const found = others.filter(([, { name }]) => name.toLowerCase().includes(search.trim().toLowerCase()));
  const use = (places: readonly number[], isUsed: boolean) => {
    const out = new Set(leftOut);
    for (const place of places) out[isUsed ? "delete" : "add"](place);
    store.change({ leftOut: leavingOut(table, [...out]) });
  };
  // Those that the library leaves out can't be chosen.
  const choosable = found.filter(([place, { role }]) => leftOut.includes(place) || role !== "left out");
  const [taken, left] = [true, false].map((isTaken) =>
    choosable.filter(([place]) => leftOut.includes(place) !== isTaken).map(([place]) => place),
  );
  return (
    <fieldset class="columns">
      <legend>{texts.columns}</legend>
      {isForOther(table, chosen) && <p class="advice">{texts.otherColumns}</p>}
      {others.length >= MANY && (
        <>
          <Search texts={texts} value={search} search={setSearch} />
          <div class="buttons">
            <button type="button" disabled={left.length === 0} onClick={() => use(left, true)}>
              {texts.take(count(left.length))}
            </button>
            <button type="button" disabled={taken.length === 0} onClick={() => use(taken, false)}>
              {texts.leave(count(taken.length))}
            </button>
          </div>
        </>
      )}
      <div class="list">
        {found.map(([place, column]) => (
          <Column
            key={place}
            {...{ column, texts, count }}
            isChosenOut={leftOut.includes(place)}
            use={(isUsed) => use([place], isUsed)}
          />
        ))}
      </div>
      <p class="help">{texts.steps}</p>
      {table.notes.map((note) => (
        <p key={note} class="help" lang="en">
          {note}
        </p>
      ))}
    </fieldset>
  );
}

interface SearchProps {
  texts: ColumnsProps["texts"];
  value: string;
  search: (text: string) => void;
}

function Search({ texts, value, search }: SearchProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{texts.search}</label>
      <input id={id} value={value} autocomplete="off" onInput={(event) => search(event.currentTarget.value)} />
    </div>
  );
}

interface ColumnProps {
  column: TableColumn;
  texts: ColumnsProps["texts"];
  count: (value: number) => string;
  isChosenOut: boolean;
  use: (isUsed: boolean) => void;
}

function Column({ column: { name, kind, role, missing }, texts, count, isChosenOut, use }: ColumnProps) {
  const isOut = isChosenOut || role === "left out";
  const facts = [texts.kinds[kind] ?? kind, missing > 0 && texts.gaps(count(missing)), isOut && texts.leftOut];
  return (
    <label>
      <input
        type="checkbox"
        checked={!isOut}
        disabled={isOut && !isChosenOut}
        onChange={(event) => use(event.currentTarget.checked)}
      />
      <span>
        {name}
        <small>{facts.filter(Boolean).join(" · ")}</small>
      </span>
    </label>
  );
}
