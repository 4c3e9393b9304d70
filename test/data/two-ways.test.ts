import { describe, expect, test } from "vitest";
import { tableFromCsv } from "../../src/data/index.js";
import { recordRows } from "../../src/data/preprocessing/raw-rows.js";

/* Columns whose cells are numbers or dates each by itself, but not in one way: never read as if they were, never left out quietly. */

const ROWS = 60;
const column = (cell: (row: number) => string) =>
  `x;z;y\n${Array.from({ length: ROWS }, (_, row) => `${cell(row)};${(row * 7) % 23};${row % 2}`).join("\n")}`;
const read = (cell: (row: number) => string, options = {}) => tableFromCsv(column(cell), { target: "y", ...options });
const day = (row: number) => String(1 + (row % 28)).padStart(2, "0");

describe("a column", () => {
  test.each<[string, (row: number) => string, RegExp]>([
    [
      "percents and fractions",
      (row) => (row % 2 ? `${row}.5%` : `0.${row}1`),
      /30 numbers with the unit "%", but 30 without/,
    ],
    [
      "a unit in half of the rows",
      (row) => (row % 2 ? `${row} kg` : `${row + 0.5}`),
      /30 numbers with the unit "kg", but 30 without/,
    ],
    [
      "decimal points and commas",
      (row) => (row % 2 ? `${row},5` : `${row}.25`),
      /numbers written in several ways, such as "1,5"/,
    ],
    [
      "a thousand written in two ways",
      (row) => (row % 9 ? `1,${100 + row}.5` : `1.${100 + row},5`),
      /numbers written in several ways/,
    ],
    [
      "serial numbers and dates",
      (row) => (row % 2 ? `${45_000 + row}` : `2023-01-${day(row)}`),
      /30 numbers and 30 dates such as "2023-01-01"/,
    ],
    [
      "dates in two orders",
      (row) => (row % 2 ? `2024-03-${day(row)}` : `03/${day(row)}/2024`),
      /dates in several orders: "03\/01\/2024", "2024-03-02"/,
    ],
    [
      "one date in another order",
      (row) => (row === 9 ? "01/20/2024" : `2024-03-${day(row)}`),
      /dates in several orders/,
    ],
    [
      "such dates and a word",
      (row) => ["unknown", "13/01/2024"][row] ?? `2024-03-${day(row)}`,
      /dates in several orders/,
    ],
  ])("of %s is an error with a way out", (_, cell, message) => {
    expect(() => read(cell)).toThrow(message);
    expect(() => read(cell)).toThrow(/Write all in one way, or give categorical: \["x"\] or ignore: \["x"\]\.$/);
    expect(read(cell, { ignore: ["x"] }).columns[0].role).toBe("left out");
    expect(read(cell, { categorical: ["x"] }).columns[0].kind).toBe("category");
  });

  test("of many words and some numbers stays text", () => {
    expect(read((row) => (row % 3 ? `P${row}` : `${row}`)).columns[0]).toMatchObject({
      kind: "text",
      role: "left out",
    });
  });
});

describe("percents", () => {
  const values = (table: ReturnType<typeof read>) => [...(table.values("x") as Float64Array)].slice(0, 3);

  test("may leave the sign off 0, and no other number", () => {
    expect(values(read((row) => (row % 3 ? `${row} %` : "0")))).toEqual([0, 1, 2]);
    expect(() => read((row) => (row % 3 ? `${row} %` : "1"))).toThrow(/with the unit "%"/);
  });

  test("aren't taken where training rows had none", () => {
    const { preprocessing } = read((row) => `0.${10 + row}`).split();
    expect(() => recordRows(preprocessing, [{ x: "5 %", z: 1 }])).toThrow(
      /must be a decimal number, got the text "5 %"/,
    );
    const { preprocessing: percents } = read((row) => `${row} %`).split();
    const source = recordRows(percents, [
      { x: "5 %", z: 1 },
      { x: 5, z: 1 },
    ]);
    expect(source.block(["x"], [0, 1]).columns[0].values).toEqual(Float64Array.of(5, 5));
  });
});

test("a dash before a number is a minus", () => {
  const table = read((row) => `${row % 2 ? "–" : ""}${row}.5`);
  expect([...(table.values("x") as Float64Array)].slice(0, 2)).toEqual([0.5, -1.5]);
});

describe("dates", () => {
  const first = (cell: (row: number) => string, options = {}) =>
    new Date((read(cell, options).values("x") as Float64Array)[1]).toISOString().slice(0, 16);

  test("with points in their time", () => {
    expect(first((row) => `${day(row)}.03.2024 08.${10 + (row % 50)}`)).toBe("2024-03-02T08:11");
    expect(first((row) => `${day(row)}.03.2024 08.05.${10 + (row % 50)}`)).toBe("2024-03-02T08:05");
  });

  test("that are a month and a year of two digits ask for what they are, and the remedy works", () => {
    const months = (row: number) => `${["Jan", "Feb", "Mar"][row % 3]}-${20 + (row % 4)}`;
    expect(() => read(months)).toThrow(/"Jan-20", whose years have two digits.*Give dates: \{ "x": "dmy" \}/);
    expect(first(months, { dates: { x: "dmy" } })).toBe("2021-02-01T00:00");
  });

  test("that may be seasons of two years ask for what they are, and both remedies work", () => {
    const seasons = (row: number) =>
      `20${String(row % 11).padStart(2, "0")}/${String((row % 11) + 1).padStart(2, "0")}`;
    expect(() => read(seasons)).toThrow(/months or seasons of two years such as "2000\/01"\. Give dates/);
    expect(first(seasons, { dates: { x: "ymd" } })).toBe("2001-02-01T00:00");
    expect(read(seasons, { categorical: ["x"] }).values("x")[1]).toBe("2001/02");
    expect(first((row) => `20${10 + (row % 9)}/${String(1 + (row % 12)).padStart(2, "0")}`)).toBe("2011-02-01T00:00");
  });
});

test("texts of several numbers are said to need columns of their own", () => {
  for (const cell of [
    (row: number) => `${40 + row / 100}, -73.${row}`,
    (row: number) => `${110 + row}/${70 + (row % 20)}`,
    (row: number) => `${row + 1} janvier 2024`,
    (row: number) => `POINT (-73.${row} 40.${row})`,
    (row: number) => `${row} ± 0.5`,
  ])
    expect(read(cell).columns[0]).toMatchObject({
      role: "left out",
      reason: "60 different texts of several numbers, which need columns of their own",
    });
  for (const cell of [
    (row: number) => `${7590 + row}-VHVEG`,
    (row: number) => `a${row}-b${row}`,
    (row: number) => `song ${row}`,
  ])
    expect(read(cell).columns[0].reason).toBe("60 different texts in 60 rows");
});
