import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.js";
import { datesOf } from "../../src/cli/settings/kinds.js";
import { readOptions } from "../../src/cli/settings/options.js";
import { longFlag } from "../../src/cli/settings/setting.js";
import { columnSettings, dataSettings, fileSettings } from "../../src/cli/settings/table.js";
import { inOptions } from "../../src/cli/text/in-options.js";
import { TABLE_OPTIONS } from "../../src/data/table/options.js";
import { useFolder } from "../fixtures.js";
import { cli, expectFailure, table } from "./command-line.js";

/* Advice of the API, such as missing: ["unknown"], is options of the command line there, each of which its commands have. */

const folder = useFolder();
/** Options of tables that the command line has no use for: the file names the table, folds have no groups. */
const WITHOUT = ["name", "groups"];
const VALUES: Record<string, unknown> = {
  task: "classification",
  dates: { "day of birth": "dmy", left: "mdy" },
  decimal: ",",
  delimiter: "::",
  quote: "'",
  header: false,
  targets: ["height", "weight"],
};
const LIST = ["two words", "a,b", "it's"];

describe.each(Object.keys(TABLE_OPTIONS).filter((name) => !WITHOUT.includes(name)))("%s", (name) => {
  const isText = name === "target" || name === "weights";
  const value = VALUES[name] ?? (isText ? "two words" : LIST);

  test("in a message is the option that gives the value", () => {
    const said = inOptions(`Give ${name}: ${JSON.stringify(value)}, or correct it.`);
    const [, option] = said.match(/^Give (--.*), or correct it\.$/)!;
    // As a shell parts the words; options of several words are one line here.
    const [flag, ...words] = option.split(" ");
    const word = words.join(" ").replaceAll("'\\''", "\0").replace(/^'|'$/g, "").replaceAll("\0", "'");
    const settings = { ...dataSettings, ...fileSettings };
    expect(flag.replace("--no-", "--")).toBe(longFlag(name));
    if (value === false) return expect(readOptions(settings, flag)).toEqual({ [name]: [false] });
    const { kind } = settings[name as keyof typeof settings];
    const parsed = kind.parse(word);
    expect(name === "dates" ? datesOf(parsed as string[]) : parsed).toEqual(value);
  });

  test("is an option of each command that takes a table's columns", () => {
    const takers = commands.filter(({ settings }) => "features" in settings);
    expect(takers.length).toBeGreaterThan(5);
    for (const { settings, name: command } of takers)
      if (name !== "weights" || command !== "columns") expect(Object.keys(settings), command).toContain(name);
  });
});

test("words and other advice stay as they are", () => {
  for (const text of ["the text: none of it", "missing: [...]", 'inputs: ["a"]', "header: maybe"])
    expect(inOptions(text)).toBe(text);
  expect(inOptions("unless classNames lists all")).toBe("unless --class-names lists all");
  expect(Object.keys(columnSettings)).toContain("classNames");
});

test("the advice of a fault is taken as it is printed", async () => {
  const text = table(60, "class").replaceAll(/^(\d),0\.[0-3]\d+/gm, "$1,not known");
  const file = folder.write("unknown.csv", text);
  const failed = await cli("columns", file, "--target", "class");
  expectFailure(failed, 2, /--missing 'not known' where that marks a gap.*--ignore a/);
  const { code, stdout } = await cli("columns", file, "--target", "class", "--missing", "not known");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^a +number +feature/m)]);
});
