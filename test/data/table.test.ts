import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Table, type TableOptions, tableFromCsv, tableFromRecords } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";
import { parseDate } from "../../src/data/table/dates.js";

const count = (length: number) => Array.from({ length }, (_, i) => i);
/** A table of columns, as CSV. */
const csv = (columns: Record<string, readonly (string | number)[]>) => {
  const names = Object.keys(columns);
  const cells = (row: number) => names.map((name) => `"${columns[name][row]}"`).join(",");
  return [names.join(), ...count(columns[names[0]].length).map(cells)].join("\n");
};
const read = (columns: Record<string, readonly (string | number)[]>, options: TableOptions = {}) =>
  tableFromCsv(csv(columns), { name: "data.csv", ...options });
/** Kind and role of each column. */
const kinds = ({ columns }: Table) =>
  Object.fromEntries(columns.map(({ name, kind, role }) => [name, `${kind}, ${role}`]));
const label = count(40).map((i) => i % 2);

describe("what columns are", () => {
  test("by their values", () => {
    const table = read(
      {
        id: count(40),
        size: count(40).map((i) => (i * 7.3) % 11),
        pets: count(40).map((i) => ["yes", "No", "YES"][i % 3]),
        town: count(40).map((i) => ["Ulm", "Bonn", "NA"][i % 3]),
        when: count(40).map((i) => `2024-01-${String((i % 28) + 1).padStart(2, "0")}`),
        name: count(40).map((i) => `Person ${i}`),
        zip: count(40).map((i) => ["01067", "01069", "80331"][i % 3]),
        same: count(40).fill(7),
        none: count(40).map(() => "NA"),
        label,
      },
      { target: "label" },
    );
    expect(kinds(table)).toEqual({
      id: "number, left out",
      size: "number, feature",
      pets: "boolean, feature",
      town: "category, feature",
      when: "date, feature",
      name: "text, left out",
      zip: "category, feature",
      same: "constant, left out",
      none: "empty, left out",
      label: "category, target",
    });
    expect(table.columns.find(({ name }) => name === "town")).toMatchObject({ missing: 13, different: 2 });
    expect(String(table)).toMatch(/^id +number +left out +many +counts the rows$/m);
    expect(new Set(table.values("zip") as string[])).toEqual(new Set(["01067", "01069", "80331"]));
  });

  test("numbers written in other ways, where that is unmistakable", () => {
    const forms = {
      thousands: ["1,000", "12,500", "999", "1,234,567.5"],
      comma: ["12,5", "0,25", "3", "1.000,75"],
      money: ["$12", "$9.50", "-$3", "$1,000"],
      euro: ["12,5 €", "0,2 €", "3 €", "1.000 €"],
      percent: ["12 %", "9.5%", "3 %", "0 %"],
      blanks: ["1 234,5", "12", "3,25", "1 000 000"],
    };
    const table = read({ ...forms, label: [0, 1, 0, 1] }, { target: "label" });
    const values = Object.keys(forms).map((name) => [...(table.values(name) as Float64Array)]);
    expect(values).toEqual([
      [1000, 12_500, 999, 1_234_567.5],
      [12.5, 0.25, 3, 1000.75],
      [12, 9.5, -3, 1000],
      [12.5, 0.2, 3, 1000],
      [12, 9.5, 3, 0],
      [1234.5, 12, 3.25, 1_000_000],
    ]);
  });

  test("what can't be told is refused with the way out, all at once", () => {
    const text = "a;b;c;label\n1,234;01/02/2024;1;0\n5,678;03/04/2024;2;1\n9,012;05/06/2024;3;0\n3,210;07/08/2024;4O;1";
    const options = { target: "label", name: "x.csv" };
    const numbers = `\n${count(30)
      .map((i) => `${i + 1},500;01/02/2024;${i};1`)
      .join("\n")}`;
    expect(() => tableFromCsv(text + numbers, options)).toThrow(
      /^x\.csv:\n- column "a" holds numbers such as "1,234": .*decimal.*\n- column "b" holds dates .*dates: \{ "b": "dmy" \}.*\n- column "c" holds 33 numbers, but line 5 has "4O"/,
    );
    const declared = { ...options, decimal: ",", dates: { b: "dmy" }, missing: ["4O"] } as const;
    const table = tableFromCsv(text + numbers, declared);
    expect([(table.values("a") as Float64Array)[0], (table.values("c") as Float64Array)[3]]).toEqual([
      1.234,
      Number.NaN,
    ]);
    expect(new Date((table.values("b") as Float64Array)[0]).toISOString()).toMatch(/^2024-02-01/);
  });

  test("Excel's errors are gaps, and what marks one is named whole", () => {
    const cells = count(40).map((i) => ["#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"][i] ?? String(i));
    expect(read({ cells, label }, { target: "label" }).columns[0]).toMatchObject({ kind: "number", missing: 6 });
    const marked = count(40).map((i) => ["?!", "n.d."][i] ?? String(i * i));
    expect(() => read({ marked, label }, { target: "label" })).toThrow(/give missing: \["\?!", "n\.d\."\] where/);
    expect(read({ marked, label }, { target: "label", missing: ["?!", "n.d."] }).columns[0].missing).toBe(2);
  });

  test("times of a clock of twelve hours", () => {
    const hours = ["1/31/2024 12:05 AM", "1/31/2024 1:05:30 pm", "1/31/2024 12:00 PM", "2/1/2024 11:59 PM"];
    const at = count(40).map((i) => hours[i % 4]);
    const times = read({ at, label }, { target: "label", dates: { at: "mdy" } }).values("at") as Float64Array;
    expect([...times.subarray(0, 4)].map((time) => new Date(time).toISOString().slice(0, 19))).toEqual([
      "2024-01-31T00:05:00",
      "2024-01-31T13:05:30",
      "2024-01-31T12:00:00",
      "2024-02-01T23:59:00",
    ]);
    for (const wrong of ["1/31/2024 13:05 PM", "1/31/2024 0:05 AM"]) expect(parseDate(wrong, "mdy")).toBeNaN();
  });

  test("a name that several columns have says nothing", () => {
    const text = `y,a,y\n${count(12)
      .map((i) => `${i},${i * i},${i % 2}`)
      .join("\n")}`;
    expect(() => tableFromCsv(text, { target: "y" })).toThrow(/several columns are named "y", which target names/);
    expect(() => tableFromCsv(text, { target: "a", features: ["y"] })).toThrow(/which features names/);
    expect(tableFromCsv(text, { target: "y 2" }).classNames).toEqual(["0", "1"]);
  });

  test("lines above a header are hinted at", () => {
    const text = `Report of 2024,\na,y\n${count(12)
      .map((i) => `${i * i},${i % 2}`)
      .join("\n")}`;
    expect(() => tableFromCsv(text, { target: "y" })).toThrow(/no column "y".*remove the lines above the header/);
    expect(tableFromCsv(text.replace("Report of 2024,\n", ""), { target: "y" }).rows).toBe(12);
  });

  test("options decide otherwise", () => {
    const columns = {
      id: count(40),
      code: count(40).map((i) => i % 3),
      town: count(40).map((i) => `T${i % 2}`),
      label,
    };
    const declared = { target: "label", features: ["code", "id"], categorical: ["code"], numeric: ["id"] };
    expect(kinds(read(columns, declared))).toEqual({
      code: "category, feature",
      id: "number, feature",
      town: "category, left out",
      label: "category, target",
    });
    expect(kinds(read(columns, { target: "label", ignore: ["town"] })).town).toBe("category, left out");
    expect(read(columns, { target: "label", task: "regression" }).task).toBe("regression");
  });

  test.each<[string, TableOptions, RegExp]>([
    [
      "a column that isn't there",
      { target: "lable" },
      /no column "lable", which target names\. Did you mean "label"\?/,
    ],
    [
      "an option that isn't there",
      { target: "label", na_values: ["x"] } as never,
      /no option "na_values"\. Did you mean missing/,
    ],
    ["a target among the features", { target: "label", features: ["label"] }, /can't be one of the features/],
    ["both kinds", { target: "label", numeric: ["a"], categorical: ["a"] }, /both numeric and categorical/],
    [
      "text as numbers",
      { target: "label", numeric: ["b"] },
      /"b" must be numbers, but 40 of its cells aren't: line 2 has "x0"/,
    ],
    ["nothing to learn from", { target: "label", features: [], ignore: ["a", "b"] }, /no column is left to learn from/],
  ])("%s is an error", (_, options, message) => {
    const columns = { a: count(40).map((i) => (i * 3) % 7), b: count(40).map((i) => `x${i % 4}`), label };
    expect(() => read(columns, options)).toThrow(message);
    try {
      read(columns, options);
    } catch (error) {
      expect(error instanceof DataError || error instanceof ArgumentError).toBe(true);
    }
  });
});

describe("missing marks are missing everywhere", () => {
  const marks = ["NA", "n/a", "NaN", "null", "", "?", "#N/A", "None"];
  test.each(marks)("%j", (mark) => {
    const cells = (values: readonly (string | number)[]) => values.map((value, i) => (i === 3 ? mark : value));
    const table = read(
      {
        number: cells(count(40).map((i) => (i * 3) % 7)),
        text: cells(count(40).map((i) => `t${i % 3}`)),
        label: cells(label),
      },
      { target: "label" },
    );
    expect(table.columns.map(({ missing }) => missing)).toEqual([1, 1, 1]);
    expect([table.rows, table.classNames]).toEqual([39, ["0", "1"]]);
    expect(table.notes).toEqual(["1 row without a target or weight left out"]);
  });

  test("and those of one's own", () => {
    const table = read(
      { a: [1, -9999, 3, 4], b: ["x", "unknown", "x", "y"], label: [0, 1, 0, 1] },
      { target: "label", missing: ["-9999", "unknown"] },
    );
    expect(table.columns.map(({ missing }) => missing)).toEqual([1, 1, 0]);
  });
});

test("records of a program, and columns that only some have", () => {
  const records = count(20).map((i) => ({
    age: i === 3 ? null : i * 1.5,
    sex: i % 3 ? "m" : "f",
    ...(i > 4 && { note: i % 2 === 0 }),
    y: i % 2,
  }));
  const table = tableFromRecords(records, { target: "y" });
  expect(kinds(table)).toEqual({
    age: "number, feature",
    sex: "category, feature",
    note: "boolean, feature",
    y: "category, target",
  });
  expect(table.columns.map(({ missing }) => missing)).toEqual([1, 0, 0, 5]);
});

test("several targets", () => {
  const columns = {
    x: count(40).map((i) => (i * 3) % 7),
    a: count(40).map((i) => i * 0.5),
    b: count(40).map((i) => (i % 2 ? "yes" : "no")),
  };
  const { train } = read(columns, { targets: ["a", "b"] }).split({ test: 0.25 });
  expect([train.targetShape, train.labels.length]).toEqual([[2], 60]);
  expect(new Set(train.labels.filter((_, i) => i % 2 === 1))).toEqual(new Set([0, 1]));
});

test("a number that lies far from all others is said when the table is split", () => {
  const size = count(60).map((i) => (i === 5 ? -9999 : 4 + (i % 9) / 3));
  const { train } = read(
    { size, other: size.map((value) => -value % 5), label: count(60).map((i) => i % 2) },
    { target: "label" },
  ).split();
  expect(train.warnings).toEqual([expect.stringMatching(/"size" has -9999 in 1 of its rows.*missing/)]);
});

const field = new URL("../../../shared/field/files/", import.meta.url);
/** Target, rows, features and task of each file; what the reader settled on. */
const files: Record<string, [target: string, rows: number, features: number, task: string, note?: RegExp]> = {
  "airquality-NA.csv": ["Ozone", 116, 5, "regression", /37 rows without a target/],
  "iris-bool.csv": ["species", 150, 5, "classification"],
  "iris-case.csv": ["species", 150, 4, "classification"],
  "iris-comment.csv": ["species", 150, 4, "classification"],
  "iris-cr.csv": ["species", 150, 4, "classification"],
  "iris-date.csv": ["species", 150, 5, "classification"],
  "iris-idx.csv": ["species", 150, 4, "classification"],
  "iris-lat.csv": ["espèce", 150, 4, "classification", /Latin-1/],
  "iris-miss_empty.csv": ["species", 150, 4, "classification"],
  "iris-miss_targetNA.csv": ["species", 149, 4, "classification", /1 row without a target/],
  "iris-no-header.csv": ["column 5", 150, 4, "classification", /there is no header/],
  "iris-note.csv": ["species", 150, 4, "classification"],
  "iris-sentinel.csv": ["species", 150, 4, "classification"],
  "iris-sep.csv": ["species", 150, 4, "classification"],
  "iris-thou.csv": ["species", 150, 5, "classification"],
  "iris-trail.csv": ["species", 150, 4, "classification"],
  "iris-trail_rows.csv": ["species", 150, 4, "classification", /ends with a delimiter/],
  "iris-utf16.csv": ["species", 150, 4, "classification", /UTF-16/],
  "mtcars-r-write-csv.csv": ["mpg", 32, 10, "regression"],
  "student-300.csv": ["Performance Index", 300, 5, "regression"],
  "target-large-offset.csv": ["y", 300, 2, "regression"],
  "target-rating-with-NA.csv": ["rating", 298, 3, "classification", /2 rows without a target/],
  "target-thousands.csv": ["price", 300, 3, "regression"],
  "titanic-120.csv": ["Survived", 120, 7, "classification"],
};
describe.runIf(existsSync(field))("files as R, pandas, Excel and Kaggle write them", () => {
  test.each(Object.entries(files))("%s", (file, [target, rows, features, task, note]) => {
    const table = tableFromCsv(readFileSync(new URL(file, field)), { target, name: file });
    expect([table.rows, table.columns.filter(({ role }) => role === "feature").length, table.task]).toEqual([
      rows,
      features,
      task,
    ]);
    if (note) expect(table.notes.join("\n")).toMatch(note);
    const { train, test: held } = table.split({ test: 0.2, seed: 1 });
    expect(train.rows + held.rows).toBe(rows);
  });

  test("none is left out", () => {
    expect(
      readdirSync(field)
        .filter((file) => file.endsWith(".csv"))
        .sort(),
    ).toEqual(Object.keys(files).sort());
  });
});

test("one word among classes that are numbers may mark a gap, as is said with the way out", () => {
  const rating = count(30).map((i) => (i % 5 ? String(i % 3) : "unknown"));
  const columns = { x: count(30).map((i) => i / 2), rating };
  const { warnings } = read(columns, { target: "rating" });
  expect(warnings).toContainEqual(expect.stringContaining('but for "unknown". Give missing: ["unknown"]'));
  const known = read(columns, { target: "rating", missing: ["unknown"], task: "classification" });
  expect([known.rows, known.warnings]).toEqual([24, []]);
});
