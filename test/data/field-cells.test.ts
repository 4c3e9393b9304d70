import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readTable } from "../../src/data/index.js";

/*
 * Files as others wrote them, read cell by cell as a plain reader of this test reads them.
 */

const field = new URL("../../../shared/field/files/", import.meta.url);
const ENCODINGS: Record<string, string> = { "iris-utf16.csv": "utf-16le", "iris-lat.csv": "latin1" };
const GAPS = ["", "NA", "n/a"];

/** The fields of a text: quotes doubled in quoted ones, commas between, any line ends. */
function fieldsOf(text: string): string[][] {
  const records: string[][] = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const record = records.at(-1)!;
    const [at, next] = [text[i], text[i + 1]];
    if (quoted && at === '"' && next === '"') record[record.length - 1] += text[++i];
    else if (at === '"') quoted = !quoted;
    else if (quoted || !/[,\r\n]/.test(at)) record[record.length - 1] += at;
    else if (at === ",") record.push("");
    else if (at === "\n" || next !== "\n") records.push([""]);
  }
  return records.filter((record) => record.join("") !== "");
}

function textOf(file: string): string {
  const bytes = readFileSync(new URL(file, field));
  const text = new TextDecoder(ENCODINGS[file] ?? "utf-8").decode(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  return text.replace(/^(sep=.|#.*)\n/, "");
}

function expected(kind: string, text: string): number | string | undefined {
  if (GAPS.includes(text)) return kind === "number" ? Number.NaN : undefined;
  if (kind === "boolean") return Number(/^(yes|true)$/i.test(text));
  if (kind === "date") return Date.parse(`${text}T00:00:00Z`);
  return kind === "number" ? Number(text.replaceAll(",", "")) : text;
}

const names = existsSync(field) ? readdirSync(field).filter((file) => /\.csv(\.gz)?$/.test(file)) : [];
describe.runIf(names.length > 0)("every cell of the files as they stand", () => {
  test.each(names)("%s", async (file) => {
    const [header, ...records] = fieldsOf(textOf(file));
    if (file === "iris-no-header.csv") records.unshift(header.splice(0, header.length));
    const table = await readTable(new URL(file, field));
    expect(table.rows).toBe(records.length);
    const read = table.columns.filter(({ role }) => role === "feature");
    expect(read.length).toBeGreaterThan(1);
    for (const { name, kind } of read) {
      const place = header.length > 0 ? header.indexOf(name) : Number(name.replace("column ", "")) - 1;
      const cells = records.map((record) => expected(kind, record[place].trim()));
      expect([...table.values(name)], name).toEqual(cells);
    }
  });
});
