import "../style/files.css";
import type { TableInfo } from "../engine/run.js";
import { hasTarget } from "../settings/left-out.js";
import type { TaskChoice } from "../settings/settings.js";
import { Columns } from "./columns.js";
import { Choice } from "./fields.js";
import { FileField } from "./file-field.js";
import type { FurtherProps } from "./lazily.js";

/** Kind of answer of a column that was just chosen: of a text, which the library takes for no classes by itself, those. */
const taskOf = ({ columns }: TableInfo, target: string): TaskChoice =>
  columns.find(({ name }) => name === target)?.kind === "text" ? "classification" : "auto";

/** The visitor's table: its file, the column to predict, and the columns to learn from. */
export function OwnTable({ store, texts: { table: texts } }: FurtherProps) {
  const table = store.brought.table.value;
  const { target, task } = store.settings.value;
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
            onChoose={(chosen) => store.change({ target: chosen, task: taskOf(table, chosen) })}
          />
          {target !== undefined && !hasTarget(table, target) && <p class="advice">{texts.otherTarget(target)}</p>}
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
