import { describe, expect, test } from "vitest";
import { tableFromCsv } from "../../src/data/index.js";
import { recordRows } from "../../src/data/preprocessing/raw-rows.js";
import { parseDate } from "../../src/data/table/dates.js";

/* Columns that are numbers with units, dates, or numbers with words among them: read where all cells agree, else said. */

const ROWS = 60;
const column = (cell: (row: number) => string) =>
  `x;z;y\n${Array.from({ length: ROWS }, (_, row) => `${cell(row)};${(row * 7) % 23};${row % 2}`).join("\n")}`;
const read = (cell: (row: number) => string, options = {}) => tableFromCsv(column(cell), { target: "y", ...options });
const first = (table: ReturnType<typeof read>, count = 3) =>
  Array.from(table.values("x") as Float64Array).slice(0, count);

describe("numbers with a unit in all rows", () => {
  test.each<[string, (row: number) => string, number[]]>([
    ["kilograms", (row) => `${50 + row} kg`, [50, 51, 52]],
    ["without a blank", (row) => `${60 + row}GB`, [60, 61, 62]],
    ["decimal commas", (row) => `${50 + row},5 km/h`, [50.5, 51.5, 52.5]],
    ["reais", (row) => `R$ ${600 + row},50`, [600.5, 601.5, 602.5]],
    ["US dollars", (row) => `US$${600 + row}.5`, [600.5, 601.5, 602.5]],
    ["złoty", (row) => `1 ${100 + row},25 zł`, [1100.25, 1101.25, 1102.25]],
    ["kroner", (row) => `kr ${600 + row}`, [600, 601, 602]],
    ["two words", (row) => `${600 + row} sq ft`, [600, 601, 602]],
    ["millions alone", (row) => `${row + 1}.5M`, [1.5, 2.5, 3.5]],
    ["thousands and millions", (row) => (row % 2 ? `${row}.5M` : `${900 + row}k`), [900_000, 1_500_000, 902_000]],
    ["millions of euros", (row) => (row % 2 ? `€${row}.50m` : `€${900 + row}k`), [900_000, 1_500_000, 902_000]],
    ["millions among plain numbers", (row) => (row % 2 ? `${row}.5M` : `${900 + row}`), [900, 1_500_000, 902]],
    ["times of day", (row) => `${row % 24}:30`, [0.5, 1.5, 2.5]],
    ["durations", (row) => `${row}:06:36`, [0.11, 1.11, 2.11]],
    ["gaps", (row) => (row === 1 ? "NA" : `${50 + row} kg`), [50, Number.NaN, 52]],
  ])("%s", (_, cell, numbers) => {
    const table = read(cell);
    expect(table.columns[0]).toMatchObject({ kind: "number", role: "feature" });
    expect(first(table).map((value) => Number(value.toFixed(9)))).toEqual(numbers);
  });

  test("at predict time take the unit or none, and no other", () => {
    const { preprocessing } = read((row) => `${50 + row} kg`).split({ seed: 1 });
    const features = (x: unknown) => [
      ...preprocessing.apply(recordRows(preprocessing, [{ x, z: 3 }]), [0]).features.values,
    ];
    expect([features("70"), features(70)]).toEqual([features("70 kg"), features("70 kg")]);
    expect(() => features("70 lb")).toThrow(/must be a decimal number, got the text "70 lb"/);
  });

  test("in part of the rows, or in several units, aren't read, and it is said", () => {
    expect(() => read((row) => (row === 3 ? "60" : `${50 + row} kg`))).toThrow(
      /59 numbers with the unit "kg", but 1 without\. Write the unit/,
    );
    expect(() => read((row) => (row === 3 ? "60 lb" : `${50 + row} kg`))).toThrow(/59 numbers, but line 5 has "60 lb"/);
    expect(() => read((row) => `${row % 2 ? "$" : "€"}${50 + row}`, { numeric: ["x"] })).toThrow(
      /30 of its cells aren't/,
    );
    const several = read((row) => (row % 3 ? `${row}.5 kmpl` : `${row}.5 km/kg`));
    expect(several.columns[0].role).toBe("left out");
    expect(several.warnings).toEqual([
      'Column "x" is left out: numbers in several units: "0.5 km/kg", "1.5 kmpl". Bring them to one unit.',
    ]);
  });

  test("aren't identifiers, seats, addresses and few of a kind that is predicted", () => {
    for (const cell of [
      (row: number) => `P${row}`,
      (row: number) => `${String(row).padStart(3, "0")}A`,
      (row: number) => `${row} Main ${row}`,
    ])
      expect(read(cell).columns[0]).toMatchObject({ kind: "text", role: "left out" });
    expect(read((row) => `${row % 5} stars`, { target: "x" }).task).toBe("classification");
    expect(read((row) => `${row} stars`, { target: "x" }).task).toBe("regression");
  });
});

describe("words among numbers or dates", () => {
  test.each([0.05, 0.3, 0.6])("that are one word in %d of the rows are told, and the remedy works", (share) => {
    for (const number of [
      (row: number) => `${row}`,
      (row: number) => `${row},5`,
      (row: number) => `2024-02-${String(1 + (row % 28)).padStart(2, "0")}`,
    ]) {
      const cell = (row: number) => (row % 20 < share * 20 ? "unknown" : number(row));
      expect(() => read(cell)).toThrow(
        /column "x" holds \d+ (numbers|dates), but line 2 has "unknown".*give missing: \["unknown"\]/,
      );
      const table = read(cell, { missing: ["unknown"] });
      expect(table.columns[0]).toMatchObject({ role: "feature", missing: ROWS * share });
    }
  });

  test("are told of a target, without advice to take it for classes", () => {
    expect(() => read((row) => (row % 4 ? `${row * 3}` : "not known"), { target: "x" })).toThrow(
      /target column "x" holds 45 numbers, but line 2 has "not known"\. Correct it, or give missing: \["not known"\] where that marks a gap\.$/,
    );
  });

  test.each(["—", "...", "N.A.", "n.a.", "\\N", ".."])("%s is a gap", (mark) => {
    expect(read((row) => (row % 3 ? `${row}` : mark)).columns[0]).toMatchObject({ kind: "number", missing: 20 });
  });

  test("that are many and different are texts", () => {
    const table = read((row) => (row % 3 ? `${row * 1000}` : `A/${row} ${row}`));
    expect(table.columns[0]).toMatchObject({ kind: "text", role: "left out" });
  });
});

describe("dates", () => {
  test.each([
    ["2020-05", "2020-05-01T00:00"],
    ["05/2020", "2020-05-01T00:00"],
    ["May 2020", "2020-05-01T00:00"],
    ["2020Q2", "2020-04-01T00:00"],
    ["Q4 2020", "2020-10-01T00:00"],
    ["2020-05-06 07:08:09 UTC", "2020-05-06T07:08"],
    ["2020-05-06 07:08:09.5+02", "2020-05-06T05:08"],
    ["2020-05-06 07:08:09 GMT", "2020-05-06T07:08"],
  ])("%s are read where all rows have such", (text, time) => {
    expect(new Date(parseDate(text, "ymd")).toISOString()).toContain(time);
    const table = read((row) => text.replace("2020", String(1990 + (row % 30))));
    expect(table.columns[0]).toMatchObject({ kind: "date", role: "feature" });
  });

  test("of logs", () => {
    expect(new Date(parseDate("10/Oct/2000:13:55:36 -0700", "dmy")).toISOString()).toContain("2000-10-10T20:55:36");
    expect(new Date(parseDate("Tue, 31 Jan 2024 10:00:00 GMT", "dmy")).toISOString()).toContain("2024-01-31T10:00");
  });

  test.each(["0000-00-00", "2020-02-30"])(
    "of which a few are impossible, %s, are told by line, and are gaps where that is said",
    (bad) => {
      const cell = (row: number) => (row === 7 ? bad : `2020-02-${String(1 + (row % 28)).padStart(2, "0")}`);
      expect(() => read(cell)).toThrow(
        `column "x" holds 59 dates, but line 9 has "${bad}". Correct it, give missing: ["${bad}"]`,
      );
      expect(read(cell, { missing: [bad] }).columns[0]).toMatchObject({ kind: "date", missing: 1 });
    },
  );

  test("of which few differ are told of, too", () => {
    expect(() => read((row) => (row === 7 ? "0000-00-00" : `2020-02-0${1 + (row % 5)}`))).toThrow(
      /59 dates, but line 9/,
    );
  });

  test("with years of two digits are read where their order is said", () => {
    const cell = (row: number) => `${1 + (row % 28)}/02/${String((row + 60) % 100).padStart(2, "0")}`;
    expect(() => read(cell)).toThrow(/whose years have two digits.*Give dates: \{ "x": "dmy" \}/);
    const years = first(read(cell, { dates: { x: "dmy" } }), 12).map((time) => new Date(time).getUTCFullYear());
    expect([years[0], years[8], years[9]]).toEqual([2060, 2068, 1969]);
  });

  test("without signs are read where that is said", () => {
    const table = read((row) => `202402${String(1 + (row % 28)).padStart(2, "0")}`, { dates: { x: "ymd" } });
    expect(new Date(first(table)[1]).toISOString()).toContain("2024-02-02");
  });
});
