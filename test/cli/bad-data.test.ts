import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, expectFailure, table } from "./command-line.js";

const folder = useFolder();
const good = table(40, "class");
const damaged = Buffer.concat([Buffer.from("größe,class\n1,a\n2,b"), Buffer.from([0xe9]), Buffer.from("\n3,c\n")]);

test.each<[string, string | Uint8Array, RegExp]>([
  ["an empty file", "", /empty/],
  ["a header alone", "a,class\n", /no rows/],
  ["no target column", "a,b\n1,2\n3,4\n", /no column "class"/],
  ["a ragged row", `${good}1,2\n`, /line 42 has 2 fields, but the header has 4/],
  [
    "text in a column of numbers",
    good.replace("0.370", "much"),
    /column "a" holds 39 numbers, but line 3 has "much".*--missing much/,
  ],
  ["infinity", good.replace("0.370", "inf"), /column "a" holds 39 numbers, but line 3 has "inf"/],
  ["a number beyond float32", good.replace("0.370", "1e39"), /too large/],
  ["a single class", good.replaceAll("high", "low"), /single class/],
  ["an unclosed quote", good.replace(",low", ',"low'), /quote/],
  ["a line of 10 MB", `a,class\n${"1".repeat(10e6)},x\n`, /line 2/],
  ["damaged UTF-8", damaged, /line 3 isn't valid UTF-8/],
  ["a binary file", new Uint8Array(1000), /NUL/],
  ["the target alone", "class\na\nb\n", /no column is left to learn from/],
])("%s ends with 2 and leaves nothing", async (name, content, message) => {
  const file = folder.write(`${name.replaceAll(" ", "-")}.csv`, content);
  const before = folder.list();
  const args = ["--target", "class", "--backend", "cpu", "--out", folder.path("model")];
  expectFailure(await cli("train", file, ...args), 2, message);
  expectFailure(await cli("train", file, ...args, "--json"), 2, message);
  expect(folder.list()).toEqual(before);
});

test("text as a number to predict", async () => {
  const file = folder.write("text.csv", good);
  expectFailure(
    await cli("train", file, "--target", "class", "--task", "regression"),
    2,
    /must be numbers, but 40 of its cells aren't/,
  );
});

test.each<[string, string, RegExp]>([
  ["an empty cell", good.replace("0.370", ""), /^a +number +feature +1 /m],
  ["NaN", good.replace("0.370", "NaN"), /^a +number +feature +1 /m],
  ["an empty label", good.replace("low", ""), /1 row without a target or weight left out/],
  ["two columns of one name", good.replace("id", "a"), /two columns are named "a": one is called "a 2"/],
])("%s is said, and trained on", async (name, content, message) => {
  const file = folder.write(`${name.replaceAll(" ", "-")}-said.csv`, content);
  const { code, stdout } = await cli("train", file, "--target", "class", "--backend", "cpu", "--epochs", "1");
  expect(code).toBe(0);
  expect(stdout).toMatch(message);
});
