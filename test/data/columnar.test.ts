import {
  Table as ArrowTable,
  Bool,
  Decimal,
  Dictionary,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { readTable } from "neuromotor/data";
import { expect, test } from "vitest";

const count = (length: number) => Array.from({ length }, (_, i) => i);

/** Of each type, values that are missing in every fourth row. */
const typed = <T>(value: (row: number) => T) => count(24).map((row) => (row % 4 === 1 ? null : value(row)));
const moments = typed((row) => new Date(Date.UTC(2024, 0, 1, row)));
const mixed = {
  truth: typed((row) => row % 3 === 0),
  small: typed((row) => row * 3),
  long: typed((row) => BigInt(row * 5)),
  huge: typed((row) => 2n ** 53n + 1n + 2n * BigInt(row)),
  real: typed((row) => row / 3),
  word: typed((row) => ["a", "b"][row % 2]),
  time: moments,
};
const read = {
  truth: Float64Array.from(mixed.truth, (value) => (value === null ? Number.NaN : Number(value))),
  small: Float64Array.from(mixed.small, (value) => value ?? Number.NaN),
  long: Float64Array.from(mixed.long, (value) => (value === null ? Number.NaN : Number(value))),
  real: Float64Array.from(mixed.real, (value) => value ?? Number.NaN),
  word: mixed.word.map((value) => value ?? undefined),
  time: Float64Array.from(moments, (value) => value?.getTime() ?? Number.NaN),
};
test.each<[string, () => Uint8Array]>([
  [
    "Parquet",
    () => {
      const types = { truth: "BOOLEAN", small: "INT32", long: "INT64", huge: "INT64", real: "DOUBLE", word: "STRING" };
      const columns = Object.entries({ ...types, time: "TIMESTAMP" } as const).map(([name, type]) => {
        return { name, data: mixed[name as keyof typeof mixed], type } as const;
      });
      return new Uint8Array(parquetWriteBuffer({ columnData: columns as never }));
    },
  ],
  [
    "Arrow",
    () => {
      const types = {
        truth: new Bool(),
        small: new Int32(),
        long: new Int64(),
        huge: new Int64(),
        real: new Float64(),
        word: new Dictionary(new Utf8(), new Int32()),
        time: new TimestampMillisecond(),
      };
      const columns = Object.entries(types).map(([name, type]) => {
        const values: readonly unknown[] = mixed[name as keyof typeof mixed];
        return [name, vectorFromArray(values, type as never)] as const;
      });
      return tableToIPC(new ArrowTable(Object.fromEntries(columns)));
    },
  ],
])("%s: every type of column has gaps; whole numbers that float64 would round are codes", async (_, bytes) => {
  const table = await readTable(bytes());
  for (const [name, values] of Object.entries(read)) expect(table.values(name), name).toEqual(values);
  expect(table.columns.map(({ missing }) => missing)).toEqual(Object.keys(mixed).map(() => 6));
  const codes = table.columns.find(({ name }) => name === "huge");
  expect(codes).toMatchObject({ kind: "text", role: "left out", reason: "18 different codes in 18 rows" });
});

test("Arrow: decimals are numbers, names of rows aren't features, compression is told", async () => {
  const decimals = new Decimal(2, 9, 128);
  const words = Uint32Array.from([57, 0, 0, 0, -125 >>> 0, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1]);
  const vector = makeVector(makeData({ type: decimals, length: 2, nullCount: 0, data: words }));
  const plain = new ArrowTable({ price: vector, names: vectorFromArray(["r1", "r2"]) });
  expect((await readTable(tableToIPC(plain))).values("price")).toEqual(Float64Array.of(0.57, -1.25));
  const pandas = JSON.stringify({
    columns: [
      { name: "price", field_name: "price" },
      { name: null, field_name: "names" },
    ],
  });
  const schema = new Schema(plain.schema.fields, new Map([["pandas", pandas]]));
  const indexed = new ArrowTable(
    schema,
    plain.batches.map((batch) => new RecordBatch(schema, batch.data)),
  );
  const [first] = (await readTable(tableToIPC(indexed))).columns;
  expect(first).toMatchObject({ name: "", role: "left out", reason: "names of the rows" });
});
