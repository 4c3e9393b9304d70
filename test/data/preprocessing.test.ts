import {
  dateParts,
  type ImputeOptions,
  impute,
  oneHot,
  ordinal,
  Preprocessing,
  registerStep,
  type Scaling,
  type Table,
  tableFromRecords,
} from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, FormatError } from "../../src/core/errors.js";
import { recordRows } from "../../src/data/preprocessing/raw-rows.js";
import { readGolden } from "../golden/read.js";

const count = (length: number) => Array.from({ length }, (_, i) => i);

interface Golden {
  rows: [number | null, number | null, number, number, string | null][];
  train: number;
  numbers: Record<
    string,
    Record<string, { fill: number; mean: number; deviation: number; standard: number[]; minmax: number[] }>
  >;
  port: { categories: string[]; oneHot: number[][]; mostFrequent: string };
}
const golden = readGolden<Golden>("preprocessing");
const names = Object.keys(golden.numbers);
const records = golden.rows.map(([age, fare, time, size, port], row) => ({
  age,
  fare,
  time,
  size,
  port,
  label: row % 2,
}));
const table = tableFromRecords(records, {
  target: "label",
  numeric: ["size"],
  features: [...names, "port"],
  categorical: ["port"],
});
const rows = { train: count(golden.train), test: count(records.length).slice(golden.train) };

/** A column of both parts, in the order of the rows. */
const columnOf = ({ train, test: held }: ReturnType<Table["prepare"]>, name: string) => {
  const place = train.featureNames!.indexOf(name);
  return [train, held!].flatMap(({ features, shape }) => [...features].filter((_, i) => i % shape[0] === place));
};

describe("numbers of scikit-learn, fitted on the training rows alone", () => {
  const ways = (["median", "mean", "mostFrequent"] as const).flatMap((by) =>
    (["standard", "minmax"] as const).map((scale): [ImputeOptions["by"] & string, Scaling] => [by, scale]),
  );
  test.each(ways)("%s, %s", (by, scale) => {
    const parts = table.prepare(rows, { impute: by, scale });
    for (const name of names) {
      const expected = golden.numbers[name][by][scale as "standard" | "minmax"];
      for (const [row, value] of columnOf(parts, name).entries()) {
        expect(Math.abs(value - expected[row]), `${name}, row ${row}`).toBeLessThanOrEqual(
          2 ** -24 * Math.abs(expected[row]),
        );
      }
    }
  });

  test("what was measured, in float64", () => {
    const { preprocessing } = table.prepare(rows);
    const [pipeline] = preprocessing.inputs.values();
    for (const [i, name] of names.entries()) {
      const [filled, scaled] = pipeline.entries[i].steps.map(
        ({ state }) => (state as unknown as Record<string, number>[])[0],
      );
      const { fill, mean, deviation } = golden.numbers[name].median;
      expect(Math.abs(filled.fill - fill)).toBeLessThanOrEqual(1e-15 * Math.abs(fill));
      expect(Math.abs(scaled.shift - mean)).toBeLessThanOrEqual(4e-16 * Math.abs(mean));
      expect(Math.abs(scaled.scale - deviation)).toBeLessThanOrEqual(1e-14 * deviation);
    }
  });

  test("categories, a gap and one never seen", () => {
    const parts = table.prepare(rows);
    const columns = golden.port.categories.map((name) => columnOf(parts, `port=${name}`));
    expect(count(records.length).map((row) => columns.map((column) => column[row]))).toEqual(golden.port.oneHot);
    const filled = table.prepare(rows, {
      pipeline: [{ columns: ["port"], steps: [impute({ by: "mostFrequent" }), ordinal()] }],
    });
    expect(columnOf(filled, "port")).toEqual(
      golden.rows
        .map(([, , , , port]) => ["C", "Q", "S"].indexOf(port ?? golden.port.mostFrequent))
        .map((place) => (place < 0 ? 3 : place)),
    );
  });
});

describe("steps", () => {
  const block = (pipeline: Parameters<Table["prepare"]>[1]) =>
    table.prepare({ train: count(records.length) }, pipeline).train;

  test("an indicator tells where gaps were", () => {
    const train = block({ pipeline: [{ columns: ["age"], steps: [impute({ indicator: true })] }] });
    expect(train.featureNames).toEqual(["age", "age missing"]);
    expect([...train.features].filter((_, i) => i % 2)).toEqual(golden.rows.map(([age]) => Number(age === null)));
  });

  test("a class of its own for names never seen, and categories in an order of one's own", () => {
    const steps = [oneHot({ categories: ["S", "C"], unseen: true })];
    const train = block({ pipeline: [{ columns: ["port"], steps }] });
    expect(train.featureNames).toEqual(["port=S", "port=C", "port=(missing)", "port=(unseen)"]);
    expect([...train.features.subarray(4 * 4, 5 * 4)]).toEqual([0, 0, 0, 1]); // Q
  });

  test("parts of dates", () => {
    const days = tableFromRecords(
      ["2024-02-28", "2024-03-01T12:00", "2023-12-31", null, "2024-02-28", "2024-02-28"].map((when, row) => ({
        when,
        y: row % 2,
      })),
      { target: "y", dates: { when: "ymd" } },
    );
    const steps = [
      dateParts({ parts: ["elapsed", "year", "month", "day", "weekday", "hour"] }),
      impute({ by: { value: -1 } }),
    ];
    const { features } = days.prepare({ train: count(6) }, { pipeline: [{ columns: ["when"], steps }] }).train;
    expect([...features.subarray(0, 24)]).toEqual([
      ...[59, 2024, 2, 28, 2, 0],
      ...[61.5, 2024, 3, 1, 4, 12],
      ...[0, 2023, 12, 31, 6, 0],
      ...[-1, -1, -1, -1, -1, -1],
    ]);
  });

  test("names that are left, gaps that are left, and unknown options are refused", () => {
    expect(() => block({ pipeline: [{ columns: ["port"], steps: [] }] })).toThrow(
      /leaves names in column "port".*oneHot/,
    );
    expect(() => block({ pipeline: [{ columns: ["age"], steps: [] }] })).toThrow(/row 4.*NaN in "age".*impute/);
    expect(() => impute({ strategy: "mean" } as never)).toThrow(ArgumentError);
    expect(() => impute({ by: "mode" as never })).toThrow(/by must be "median"/);
    expect(() => dateParts({ parts: ["week" as never] })).toThrow(/no part "week"/);
    expect(() => block({ imputer: "mean" } as never)).toThrow(/no option "imputer"\. Did you mean impute\?/);
    expect(() => table.split({ scaling: "none" } as never)).toThrow(/no option "scaling"/);
  });
});

describe("a step of one's own", () => {
  const title = registerStep({
    name: "test title",
    fit: () => null,
    apply: ({ rows, columns: [{ values }] }) => ({
      rows,
      columns: [{ name: "title", values: Array.from(values as string[], (name) => name?.match(/, (\w+)\./)?.[1]) }],
    }),
  });
  const people = tableFromRecords(
    count(12).map((i) => ({ Name: `Person${i}, ${["Mr", "Mrs", "Miss"][i % 3]}. X`, y: i % 2 })),
    { target: "y", categorical: ["Name"] },
  );

  test("is part of a pipeline, and of what a model keeps", () => {
    const pipeline = [{ columns: ["Name"], steps: [title(), oneHot()] }];
    const { train, preprocessing } = people.split({ pipeline });
    expect(train.featureNames).toEqual(["title=Miss", "title=Mr", "title=Mrs"]);
    const kept = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing)));
    const { features } = kept.apply(recordRows(kept, [{ Name: "Doe, Mrs. Jane" }]), [0]);
    expect([...features.values]).toEqual([0, 0, 1]);
  });

  test("must be registered, once, and give a value for each row", () => {
    expect(() => registerStep({ name: "test title", fit: () => null, apply: (block) => block })).toThrow(/already/);
    expect(() => registerStep({ name: "" } as never)).toThrow(ArgumentError);
    const short = registerStep({
      name: "test short",
      fit: () => null,
      apply: () => ({ rows: 1, columns: [{ name: "x", values: Float64Array.of(1) }] }),
    });
    expect(() => people.split({ pipeline: [{ columns: ["Name"], steps: [short()] }] })).toThrow(
      /must give columns of 12 values/,
    );
    const { preprocessing } = people.split({ pipeline: [{ columns: ["Name"], steps: [title(), oneHot()] }] });
    const other = JSON.parse(JSON.stringify(preprocessing).replace('"test title"', '"test titel"'));
    const kept = Preprocessing.fromJSON(other);
    expect(() => kept.apply(recordRows(kept, [{ Name: "x" }]), [0])).toThrow(FormatError);
    expect(() => kept.apply(recordRows(kept, [{ Name: "x" }]), [0])).toThrow(/Did you mean test title\?.*registerStep/);
  });
});

describe("raw rows for a model that was kept", () => {
  const { train, preprocessing } = table.prepare(rows);
  const kept = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing)));
  const apply = (given: readonly Record<string, unknown>[]) =>
    kept.apply(recordRows(kept, given), count(given.length)).features.values;

  test("give the bits of training, with columns in another order, more of them, and numbers as text", () => {
    const shuffled = records
      .slice(0, golden.train)
      .map(({ label, ...rest }) => ({ extra: "x", ...Object.fromEntries(Object.entries(rest).reverse()) }));
    expect(apply(shuffled)).toEqual(train.features);
    const texts = shuffled.map((record) =>
      Object.fromEntries(Object.entries(record).map(([key, value]) => [key, value === null ? "n/a" : String(value)])),
    );
    expect(apply(texts)).toEqual(train.features);
  });

  test("an absent column, or a cell that can't be read, is an error", () => {
    expect(() => apply([{ age: 1, fare: 2 }])).toThrow(
      /no column "time", "size", "port", which the model learned from/,
    );
    const bad = records.slice(0, 2).map((record) => ({ ...record, age: "old" }));
    expect(() => apply(bad)).toThrow(DataError);
    expect(() => apply(bad)).toThrow(/line 1, column "age" must be a decimal number, got the text "old".*\n- line 2/s);
  });

  test("a word for yes or no that training rows don't have is a gap", () => {
    const pets = tableFromRecords(
      count(12).map((i) => ({ pet: i % 3 ? "yes" : "no", size: i * 1.5, y: i % 2 })),
      { target: "y" },
    );
    const fitted = Preprocessing.fromJSON(JSON.parse(JSON.stringify(pets.split().preprocessing)));
    const { values } = fitted.apply(
      recordRows(fitted, [
        { pet: "maybe", size: 1 },
        { pet: "No", size: 1 },
      ]),
      [0, 1],
    ).features;
    expect([values[0], values[2]]).toEqual([1, 0]);
  });

  test("rows far outside the training rows are said on request", () => {
    const source = recordRows(kept, [
      { ...records[0], size: 200 },
      { ...records[0], fare: -9999 },
    ]);
    expect(kept.warningsFor(source, [0, 1])).toEqual([
      expect.stringMatching(
        /^Rows lie far outside .*"fare" \(7.25 to 71.2833\) has -9999 in 1 of them, "size" \(5 to 5\) has 200/,
      ),
    ]);
    expect(kept.warningsFor(recordRows(kept, records.slice(0, 3)), [0, 1, 2])).toEqual([]);
  });

  test("names that the training rows lack are said, gaps aren't", () => {
    const source = recordRows(kept, [
      { ...records[0], port: "Z" },
      { ...records[0], port: "" },
      { ...records[0], port: "Y" },
      { ...records[0], port: "Z" },
    ]);
    expect(kept.warningsFor(source, [0, 1, 2, 3])).toEqual([
      'Rows have names that the training rows lack: "port" is "Z", "Y" in 3 of them.',
    ]);
  });

  test.each([
    [null],
    [{}],
    [{ columns: [], inputs: null }],
    [{ columns: [{ name: "a" }], inputs: {} }],
    [{ columns: [], inputs: { features: { entries: [{}] } } }],
  ])("%j isn't preprocessing", (json) => expect(() => Preprocessing.fromJSON(json)).toThrow(FormatError));
});

test("a pipeline for each named input; whole numbers where all of an input's columns are", () => {
  const columns = table.columns.flatMap(({ name, reading, role }) =>
    reading && role === "feature" ? [{ name, reading }] : [],
  );
  const pipelines = {
    port: [{ columns: ["port"], steps: [ordinal()] }],
    age: [{ columns: ["age"], steps: [impute()] }],
  };
  const preprocessing = Preprocessing.fit(table, rows.train, pipelines, {
    columns,
    missing: [],
    target: undefined,
    targetColumns: [],
  });
  const { port, age } = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing))).apply(table, rows.test);
  expect(port.values).toEqual(Uint32Array.of(3, 0, 3));
  expect(age.values).toEqual(Float32Array.of(27, 4, 61.5));
});

test("folds are each fitted on their own training rows", () => {
  const data = tableFromRecords(
    count(40).map((i) => ({ x: i ** 2, y: i % 2 })),
    { target: "y" },
  );
  const folds = data.kFold({ folds: 4 });
  const means = folds.map((fold) => {
    const { train, test: held } = data.prepare({ train: [...fold.train], test: [...fold.test] });
    expect(Math.abs(train.features.reduce((a, b) => a + b, 0) / train.rows)).toBeLessThan(1e-6);
    return held!.features.reduce((a, b) => a + b, 0);
  });
  expect(new Set(means.map((mean) => mean.toFixed(3))).size).toBe(4);
});
