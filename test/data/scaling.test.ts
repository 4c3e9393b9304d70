// @module-tag slow
import { describe, expect, test } from "vitest";
import { readCsv, readTable } from "../../src/data/index.js";

/*
 * No input of n characters takes much more than n log n: CPU time at n and at 4 n. What is quadratic takes 16 times as long;
 * times below the clock's grain count as that.
 */

const CHARACTERS = 16_384;
const MOST = 9;
const GRAIN = 5;

/** CPU time in milliseconds, the least of some. */
async function cpuTime(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    await Promise.resolve()
      .then(work)
      .catch(() => {}); // many of these are refused: soon
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    if (times[0] > 400) break;
  }
  return Math.min(...times);
}

/** The time at 4 n by that at n; the least of some, where others that work meanwhile made it large. */
async function growth(text: (characters: number) => string, read: (text: string) => unknown): Promise<number> {
  const [short, long] = [text(CHARACTERS), text(4 * CHARACTERS)];
  await cpuTime(() => read(text(2000)));
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && least >= MOST; attempt++) {
    const base = Math.max(GRAIN, await cpuTime(() => read(short)));
    least = Math.min(least, (await cpuTime(() => read(long))) / base);
  }
  return least;
}

const of =
  (word: string, before = "", after = "") =>
  (n: number) =>
    before + word.repeat(Math.ceil(n / word.length)) + after;
const quoted = (cell: (n: number) => string) => (n: number) => `"${cell(n)}"`;

/** One cell of so many characters, of those that patterns of numbers, dates, marks and quotes go back over. */
const cells: Record<string, (n: number) => string> = {
  "digits and a letter": of("1", "", "x"),
  zeros: of("0", "", "1"),
  "decimals and a letter": of("0", "0.", "x"),
  "an exponent": of("1", "1e", "x"),
  points: of("1."),
  signs: of("-", "", "1"),
  blanks: of(" ", "1", "x"),
  "hard blanks": of("\u00a0", "1", "x"),
  "thousands, commas": quoted(of(",234", "1", "x")),
  "thousands, blanks": of(" 234", "1", "x"),
  "thousands, apostrophes": of("'234", "1", "x"),
  "thousands, points": of(".234", "1", "x"),
  currency: of("1", "$", "x"),
  "per cent": of("1", "", " %x"),
  slashes: of("1/"),
  colons: of("00:", "2020-01-01T"),
  dashes: of("01-", "2020-"),
  letters: of("a"),
  words: of("a "),
  quotes: quoted(of('""')),
  "commas in quotes": quoted(of(",")),
  "lines in quotes": quoted(of("\n")),
  tabs: of("a\t"),
  semicolons: of("a;"),
  "question marks": of("?"),
  marks: of("NA"),
};

describe.each(Object.entries(cells))("a cell of %s", (_, cell) => {
  test.each<[string, (n: number) => string]>([
    ["feature", (n) => `a,y\n${cell(n)},1\n2,2\n3,3\n`],
    ["target", (n) => `a,y\n1,${cell(n)}\n2,2\n3,3\n`],
    ["name", (n) => `${cell(n)},y\n1,2\n2,2\n3,3\n`],
  ])("as a %s", async (_, text) => {
    expect(await growth(text, (given) => readCsv(given, { target: "y" }))).toBeLessThan(MOST);
  });
});

const lines = (count: number, line: (place: number) => string) =>
  Array.from({ length: Math.ceil(count) }, (_, place) => line(place)).join("\n");

/** Tables of so many characters. */
const tables: Record<string, (n: number) => string> = {
  "many columns": (n) => `${lines(n / 24, (i) => `c${i}`).replaceAll("\n", ",")},y\n${of("1,")(n / 3)}2\n`,
  "many columns of one name": (n) => `${of("c,")(n / 4)}y\n${of("1,")(n / 4)}2\n${of("1,")(n / 4)}3\n`,
  "many columns without a name": (n) => `${of(",")(n / 4)}y\n${of("1,")(n / 2)}2\n`,
  "many classes": (n) => `a,y\n${lines(n / 8, (i) => `${i % 7},k${i}`)}\n`,
  "classes that differ in case": (n) => `a,y\n${lines(n / 8, (i) => `${i % 7},${i % 2 ? "k" : "K"}${i >> 1}`)}\n`,
  "many words": (n) => `a,y\n${lines(n / 8, (i) => `t${i},${i % 3}`)}\n`,
  dates: (n) => `a,y\n${lines(n / 13, (i) => `2020-01-${10 + (i % 19)},${i % 3}`)}\n`,
  "blank lines": (n) => `a,y\n${of("1,2\n\n")(n)}`,
  comments: (n) => `${of("# x\n")(n)}a,y\n1,2\n2,3\n`,
  "rows that are too long": (n) => `a,y\n${of("1,2,3\n")(n)}`,
  "rows that are too short": (n) => `a,b,y\n${of("1,2\n")(n)}`,
  "a quote that isn't closed": (n) => `a,y\n"${of("1,2\n")(n)}`,
  "cells in quotes": (n) => `a,y\n${of('"1","2"\n')(n)}`,
  gaps: (n) => `a,y\n${of("NA,2\n?,3\n1,1\n")(n)}`,
  "decimal commas": (n) => `a;y\n${of("1,5;2,25\n")(n)}`,
  "numbers and words": (n) => `a,y\n${of("1,2\nx,3\n")(n)}`,
  "blanks between": (n) => `a${of(" ")(n)}y\n1 2\n3 4\n`,
  "JSON lines": (n) => lines(n / 16, (i) => `{"a":${i % 7},"y":${i % 3}}`),
  "JSON lines of other names": (n) => lines(n / 16, (i) => `{"k${i}":1,"y":1}`),
  "JSON columns": (n) => `{${lines(n / 16, (i) => `"k${i}":[1,2]`).replaceAll("\n", ",")},"y":[1,2]}`,
  "JSON with a long text": (n) => `{"a":"${of("1")(n)}x","y":1}\n{"a":"b","y":2}`,
  "JSON, nested": (n) => of("[")(n),
};

test("a table whose many columns are all named by options, in another order", async () => {
  const header = (n: number) => lines(n / 8, (i) => `k${i}`).replaceAll("\n", ",");
  const read = (names: string) => {
    const features = names.split(",").reverse();
    const rows = [1, 2, 3, 4].map((row) => [...features.map((_, i) => (i * row) % 7), row % 2].join());
    const source = new TextEncoder().encode(`${names},y\n${rows.join("\n")}`);
    return readTable(source, { target: "y", features, numeric: features });
  };
  expect((await read("a,b")).rows).toBe(4);
  expect(await growth(header, read)).toBeLessThan(MOST);
});

test.each(Object.entries(tables))("a table of %s", async (_, text) => {
  const bytes = (given: string) => new TextEncoder().encode(given);
  expect(await growth(text, (given) => readTable(bytes(given), { target: "y" }))).toBeLessThan(MOST);
});
