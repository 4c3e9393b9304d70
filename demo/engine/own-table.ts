import { readTable, type Table } from "neuromotor/data";
import { namesIn } from "../settings/columns.js";
import type { Settings } from "../settings/settings.js";
import { checksum } from "../settings/signs.js";
import type { Parts } from "./data.js";
import { planeOf } from "./plane.js";
import type { Cell, TableInfo } from "./run.js";

/** Kinds of columns that are predicted by themselves; texts are where they are asked for, as classes. */
const USUAL = ["number", "boolean", "category"];

/** The columns of a file where none is predicted, by the file they were read of. */
const surveyed = new WeakMap<File, Table["columns"]>();

async function columnsOf(file: File): Promise<Table["columns"]> {
  const known = surveyed.get(file);
  if (known) return known;
  const { columns } = await readTable(file, { name: file.name });
  surveyed.set(file, columns);
  return columns;
}

/** The table that was read last, and how: another network learns from the same rows. */
let known: { file: File; how: string; table: TableInfo; parts: Parts } | undefined;

/** The visitor's table, read anew where it or what is made of it is another. @param tell - see `read` */
export async function readOwnTable(file: File, settings: Settings, tell: (table: TableInfo) => void): Promise<Parts> {
  const { target, leftOut, task, heldOut, seed } = settings;
  const how = JSON.stringify([target, leftOut, task, heldOut, seed]);
  if (known?.file !== file || known.how !== how) {
    known = undefined;
    let table!: TableInfo;
    const parts = await read(file, settings, (info) => {
      table = info;
      tell(info);
    });
    known = { file, how, table, parts };
  } else tell(known.table);
  return known.parts;
}

/**
 * The visitor's table: its columns read by the library, gaps filled, categories as columns of 0 and 1, numbers scaled,
 * all by what is measured on the rows to learn from.
 *
 * @param tell - is told of the columns, also where no training can be made of them
 */
async function read(file: File, settings: Settings, tell: (table: TableInfo) => void): Promise<Parts> {
  const { target: wanted, leftOut, task, heldOut: test, seed } = settings;
  const known = await columnsOf(file);
  const header = checksum(known.map(({ name }) => name));
  const candidates = known.filter(({ kind }) => USUAL.includes(kind) || kind === "text");
  const usual = candidates.filter(({ kind }) => USUAL.includes(kind));
  const target = (candidates.find(({ name }) => name === wanted) ?? usual.at(-1))?.name;
  const infoOf = (columns: Table["columns"], rows: number, notes: readonly string[]): TableInfo => ({
    file: file.name,
    header,
    rows,
    target,
    candidates: candidates.map(({ name }) => name),
    columns: columns.map(({ name, kind, role, missing, reason }) => ({ name, kind, role, missing, reason })),
    notes,
  });
  tell(infoOf(known, 0, []));
  const ignore = namesIn({ header, columns: known }, leftOut).filter((name) => name !== target);
  const table = await readTable(file, { target, ignore, task, name: file.name });
  const { train, test: heldOut, rows, preprocessing } = table.split({ test, seed });
  tell(infoOf(table.columns, table.rows, [...table.notes, ...train.warnings]));
  const shown = table.columns.filter(({ role }) => role === "feature");
  const values = shown.map(({ name }) => table.values(name));
  const coding = preprocessing.target;
  return {
    train,
    heldOut,
    cellNames: shown.map(({ name }) => name),
    cellsOf: (part, row) => {
      const at = (part === "train" ? rows.train : rows.test)[row];
      return shown.map(({ kind }, i) => cellOf(values[i][at], kind));
    },
    unscale: (value) => (coding?.kind === "numbers" ? value * coding.deviation[0] + coding.mean[0] : value),
    plane: train.shape[0] === 2 ? planeOf(train, heldOut) : undefined,
    scale: (places) => places,
  };
}

/** A cell as it is shown; gaps are undefined. */
function cellOf(value: number | string | undefined, kind: string): Cell {
  if (value === undefined || Number.isNaN(value)) return undefined;
  return kind === "date" ? new Date(value).toISOString().slice(0, 10) : value;
}
