import { basename } from "node:path";
import { readTable } from "../../data/index.js";
import { datesOf } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import { columnSettings, commonSettings, dataSettings, fileSettings } from "../settings/table.js";
import { inOptions } from "../text/in-options.js";
import { plural } from "../text/numbers.js";
import { command, type Invocation } from "./command.js";

const { target, task } = dataSettings;
const { json, quiet } = commonSettings;
const settings = { ...group("Data", { target, task }), ...columnSettings, ...fileSettings, json, quiet };

export const columns = command({
  name: "columns",
  description: "Show what each column of a file is taken for, and why.",
  arguments: [{ name: "file", help: "CSV and the like, JSON, JSON lines, NumPy, Parquet, Arrow; - is standard input" }],
  settings,
  notes: "train takes the same options, and reads the file in the same way.",
  run: runColumns,
});

async function runColumns({ args: [file], values, output }: Invocation<typeof settings>): Promise<void> {
  const { json, quiet, dates, ...given } = values;
  const told = { ...given, dates: dates && datesOf(dates) };
  const asked = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  const table = await readTable(file, { ...asked, ...(file !== "-" && { name: basename(file) }) });
  output.result(`${table}`);
  for (const note of [...table.notes, ...table.warnings]) output.detail(`${table.name}: ${inOptions(note)}`);
  output.detail(`\n${plural(table.rows, "row")}`);
  output.json({
    file,
    rows: table.rows,
    task: table.task ?? null,
    classNames: table.classNames ?? null,
    columns: table.columns.map(({ reading, different, ...column }) => ({
      ...column,
      different: different ?? null,
      reading: reading ?? null,
    })),
    notes: table.notes,
    warnings: table.warnings,
  });
}
