import { Table as ArrowTable, Field, Float64, List, Struct, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { readTable } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { recordRows } from "../../src/data/preprocessing/raw-rows.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const count = (length: number) => Array.from({ length }, (_, i) => i);

const nested = { place: { lat: 1.5, big: 3n }, tags: ["a"] };
const flat = count(6).map((i) => ({ x: i * i, y: i % 2 ? "a" : "b" }));
describe("lists and objects aren't cells", () => {
  const rows = flat.map((row, i) => ({ ...row, ...(i === 2 ? { ...nested, place: { lat: 1 } } : { tags: null }) }));
  test.each<[string, () => Promise<Parameters<typeof readTable>[0]>]>([
    ["in JSON", async () => bytes(JSON.stringify(rows))],
    ["in JSON lines", async () => bytes(rows.map((row) => JSON.stringify(row)).join("\n"))],
    ["in rows of a program", async () => flat.map((row) => ({ ...row, ...nested }))],
    [
      "in Parquet",
      async () =>
        new Uint8Array(
          parquetWriteBuffer({
            columnData: [
              { name: "x", data: flat.map(({ x }) => x), type: "INT32" },
              { name: "y", data: flat.map(({ y }) => y), type: "STRING" },
              { name: "place", data: flat.map(() => ({ lat: 1 })), type: "JSON" },
              { name: "tags", data: flat.map(() => ["a"]), type: "JSON" },
            ],
          }),
        ),
    ],
    [
      "in Arrow",
      async () =>
        tableToIPC(
          new ArrowTable({
            x: vectorFromArray(flat.map(({ x }) => x)),
            y: vectorFromArray(flat.map(({ y }) => y)),
            place: vectorFromArray(
              flat.map(() => ({ lat: 1 })),
              new Struct([new Field("lat", new Float64())]),
            ),
            tags: vectorFromArray(
              flat.map(() => ["a"]),
              new List(new Field("item", new Utf8())),
            ),
          }),
        ),
    ],
  ])("%s: refused, and read without their columns", async (_, source) => {
    const reading = readTable(await source(), { target: "y" });
    await expect(reading).rejects.toThrow(/"place" holds lists or objects such as .*give ignore: \["place"\]/);
    await expect(reading).rejects.toThrow(/"tags" holds/);
    const table = await readTable(await source(), { target: "y", ignore: ["place", "tags"] });
    expect(table.values("x")).toEqual(Float64Array.from(flat, ({ x }) => x));
  });

  test.each<[string, Parameters<typeof readTable>[1]]>([
    ["the target", { target: "tags", ignore: ["place"] }],
    ["a category", { target: "y", ignore: ["place"], categorical: ["tags"] }],
    ["a number", { target: "y", ignore: ["place"], numeric: ["tags"] }],
    ["a weight", { target: "y", ignore: ["place"], weights: "tags" }],
    ["a group", { target: "y", ignore: ["place"], groups: "tags" }],
  ])("not as %s either", async (_, options) => {
    const source = flat.map((row) => ({ ...row, ...nested }));
    await expect(readTable(source, options)).rejects.toThrow(/"tags" holds lists or objects such as "\[/);
  });

  test("in rows to predict for", async () => {
    const kinds = count(40).map((i) => ({ x: i % 7, kind: i % 3 ? "p" : "q", y: i % 2 ? "a" : "b" }));
    const { preprocessing } = (await readTable(kinds, { target: "y" })).split({ test: 0.2 });
    expect(() => recordRows(preprocessing, [{ x: 1, kind: ["p"] }])).toThrow(/column "kind".*is a list or an object/);
    expect(() => recordRows(preprocessing, [{ x: { a: 1 }, kind: "p" }])).toThrow(
      /column "x" must be a decimal number/,
    );
  });
});
