import "../style/files.css";
import type { TableInfo } from "../engine/run.js";
import type { TaskChoice } from "../settings/settings.js";
import { Choice } from "./fields.js";
import { FileField } from "./file-field.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";

/** The visitor's table: its file, the column to predict, and the columns to learn from. */
export function OwnTable({ store, texts: { table: texts } }: FurtherProps) {
  const table = store.brought.table.value;
  const { task } = store.settings.value;
  return (
    <>
      <FileField
        label={store.brought.file.value?.name ?? texts.choose}
        accept=".csv,.tsv,.txt,.json,.jsonl,.gz,text/csv,application/json"
        take={([file]) => file && store.takeFile(file)}
      />
      {table ? (
        <>
          <Choice
            label={texts.target}
            value={table.target ?? ""}
            choices={table.candidates}
            onChoose={(target) => store.change({ target })}
          />
          <Choice
            label={texts.task}
            value={task}
            choices={texts.tasks as Record<TaskChoice, string>}
            onChoose={(chosen) => store.change({ task: chosen })}
          />
          <Columns store={store} texts={texts} table={table} />
        </>
      ) : (
        <p class="help">{texts.help}</p>
      )}
    </>
  );
}

interface ColumnsProps extends Pick<FurtherProps, "store"> {
  texts: FurtherProps["texts"]["table"];
  table: TableInfo;
}

/** Columns with what they are taken for; each can be left out. */
function Columns({ store, texts, table }: ColumnsProps) {
  const { ignored } = store.settings.value;
  const { count } = numbersOf(store.language.value);
  const use = (name: string, isUsed: boolean) =>
    store.change({ ignored: isUsed ? ignored.filter((each) => each !== name) : [...ignored, name] });
  return (
    <fieldset class="columns">
      <legend>{texts.columns}</legend>
      <div class="list">
        {table.columns
          .filter(({ name }) => name !== table.target)
          .map(({ name, kind, role, missing }) => {
            const isChosenOut = ignored.includes(name);
            const isOut = isChosenOut || role === "left out";
            return (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={!isOut}
                  disabled={isOut && !isChosenOut}
                  onChange={(event) => use(name, event.currentTarget.checked)}
                />
                <span>
                  {name}
                  <small>
                    {[texts.kinds[kind] ?? kind, missing > 0 && texts.gaps(count(missing)), isOut && texts.leftOut]
                      .filter(Boolean)
                      .join(" · ")}
                  </small>
                </span>
              </label>
            );
          })}
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
