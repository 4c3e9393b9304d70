import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const folder = useFolder();

// 1,x and 1,, are lists of which one isn't a number; 0,5 is one where a comma separates nothing.
const NUMBERS = ["abc", "", "NaN", "Infinity", "-1", "1e999", "0x10", "1,x", "1,,", "1_0", " ", "01"];

test.each([
  ...NUMBERS.concat("0", "1e-60").map((text) => ["--lr", text]),
  ...NUMBERS.concat("0", "1.5", "1e3", "99999999999999999999").map((text) => ["--epochs", text]),
  ...NUMBERS.concat("0", "2.5").map((text) => ["--batch-size", text]),
  ...NUMBERS.concat("1", "1.5").map((text) => ["--validation", text]),
  ...NUMBERS.concat("1").map((text) => ["--test", text]),
  ...NUMBERS.concat("1").map((text) => ["--dropout", text]),
  ...NUMBERS.map((text) => ["--l2", text]),
  ...NUMBERS.concat("1").map((text) => ["--momentum", text]),
  ...NUMBERS.concat("1.5", "9007199254740992").map((text) => ["--seed", text]),
  ...["abc", "0", "1.5", "iris"].map((text) => ["--early-stopping", text]),
  ...["", "abc", "0", "8,", "8,,8", "-8", "8;8", "1.5", "1e3", "99999999999"].map((text) => ["--layers", text]),
  ...["activation", "init", "loss", "optimizer", "schedule", "task", "backend"].map((name) => [`--${name}`, "nope"]),
  ["--activation", "toString"],
  ["--backend", ""],
])("%s %j is refused", async (option, value) => {
  expectFailure(await cli("train", "iris", option, value), 2, new RegExp(`neuromotor: ${option} must be `));
});

test.each(["--lr", "--epochs", "--l2", "--seed", "--dropout"])(
  "explain takes one value: %s 1,5 is refused",
  async (option) => {
    expectFailure(await cli("explain", "iris", option, "1,5"), 2, new RegExp(`${option} must be `));
  },
);

test.each(["--lr", "--l2", "--seed", "--dropout"])(
  "explain takes one value: %s given twice is refused",
  async (option) => {
    expectFailure(await cli("explain", "iris", option, "1", option, "2"), 2, /twice|must be/);
  },
);

test("options of lists may be given several times", async () => {
  const file = folder.write("lists.csv", "a,b,c,y\n1,2,3,no\n4,5,6,yes\n7,8,9,no\n");
  const { stdout } = await cli("columns", file, "--target", "y", "--ignore", "a", "--ignore", "b,a", "--json");
  const { columns } = JSON.parse(stdout);
  expect(columns.map(({ role }: { role: string }) => role)).toEqual(["left out", "left out", "feature", "target"]);
  const search = ["--search", "lr=0.1", "--search", "layers=2 dropout=0"];
  const { best } = await cliJson("sweep", "iris", ...search, "--trials", "1", "--epochs", "1", "--backend", "cpu");
  expect(best.configuration).toEqual({ lr: "0.1", layers: "2", dropout: "0" });
});

test.each([
  ["an unknown command", ["trian", "iris"], /unknown command 'trian' \(Did you mean train\?\)/],
  ["an unknown option", ["train", "iris", "--epoch", "3"], /unknown option '--epoch' \(Did you mean --epochs\?\)/],
  ["a value that is nearly one", ["train", "iris", "--optimizer", "adma"], /got "adma"\. Did you mean adam\?/],
  ["another library's value", ["train", "iris", "--activation", "swish"], /got "swish"\. Did you mean silu\?/],
  ["an option without its value", ["train", "iris", "--lr"], /--lr, --learning-rate <rate>' argument missing/],
  ["no data", ["train"], /missing required argument 'data'.*neuromotor train --help/],
  ["too much data", ["train", "iris", "digits"], /too many arguments/],
  ["unknown data", ["train", "irises"], /no data set called "irises".*iris, digits, diabetes, xor/],
  ["a missing file", ["train", "missing.csv", "--target", "x"], /missing\.csv: there is no such file/],
  ["a folder without images", ["train", folder.path(), "--target", "x"], /there are no images/],
  [
    "momentum for adam",
    ["train", "iris", "--momentum", "0.9"],
    /--momentum is for --optimizer sgd or rmsprop, not adam/,
  ],
  ["cross-entropy for numbers", ["train", "diabetes", "--loss", "softmaxCrossEntropy"], /is for classes/],
  ["another task than the sample's", ["train", "iris", "--task", "regression"], /--task regression doesn't fit/],
  ["another target than the sample's", ["train", "iris", "--target", "x"], /--target is for files/],
  ["parts that leave nothing", ["train", "iris", "--test", "0.5", "--validation", "0.5"], /leave no rows to train on/],
  ["a part without rows", ["train", "xor", "--test", "0.01"], /test part empty/],
  ["more parameters than memory", ["train", "iris", "--layers", "1000000,1000000"], /parameters are too many/],
  ["an empty --out", ["train", "iris", "--out", ""], /--out must be a folder's name/],
  ["a missing model", ["evaluate", "no-model", "iris"], /no-model.*there is no such file/],
  ["a missing model to predict with", ["predict", "no-model", "x.csv"], /no-model.*there is no such file/],
])("%s ends with 2", async (_, args, message) => {
  expectFailure(await cli(...args), 2, message);
});

test("without --target, the columns are listed", async () => {
  const file = folder.write("class.csv", table(30, "class"));
  expectFailure(await cli("train", file), 2, /--target COLUMN: "id", "a", "b, with comma", "class"\./);
});

test("no command prints the help and ends with 2", async () => {
  const { code, stdout, stderr } = await cli();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Usage: neuromotor");
});

test.each([[], ["train"], ["predict"], ["evaluate"], ["device"], ["compare-backends"], ["find-rate"], ["explain"]])(
  "%s --help",
  async (...command) => {
    const { code, stdout, stderr } = await cli(...command, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(["Usage: neuromotor", ...command].join(" "));
    for (const option of command.length > 0 ? ["--json", "--backend", "--seed", "--quiet"] : ["train"]) {
      expect(stdout).toContain(option);
    }
  },
);

test("--version", async () => {
  expect(await cli("--version")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
