// @module-tag slow
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

const folder = useFolder();
const published = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const isThere = existsSync(published);

/** Passengers as titanic.csv has them, where that isn't at hand: enough of the same kinds. */
const passengers = [
  "PassengerId,Survived,Pclass,Name,Sex,Age,Fare,Embarked",
  ...Array.from({ length: 120 }, (_, i) => {
    const sex = i % 3 === 0 ? "female" : "male";
    const survived = sex === "female" ? Number(i % 24 !== 0) : Number(i % 19 === 0);
    const age = i % 6 === 1 ? "" : String(1 + ((i * 17) % 70));
    return `${i + 1},${survived},${1 + ((i % 4) % 3)},"Name${i}, Mr. X",${sex},${age},${(7.25 + i).toFixed(4)},${"SCQ"[(i % 5) % 3]}`;
  }),
].join("\n");

test("a table as it is published: trained at once, evaluated on its held-out rows, and asked for raw rows", async () => {
  const file = folder.write("passengers.csv", passengers);
  const model = folder.path("passengers");
  const trained = await cliJson("train", file, "--target", "Survived", "--epochs", "60", "--out", model);
  expect(trained.accuracy).toBeGreaterThan(0.75);
  const held = await cliJson("evaluate", model, file, "--held-out");
  expect([held.accuracy, held.rows]).toEqual([trained.accuracy, trained.rows]);
  // Columns in another order and others beside them, gaps, a port and a class never seen.
  const rows = "Fare,more,Embarked,Sex,Age,Pclass\n80,x,C,female,,1\nNA,y,Z,male,40,7\n";
  const raw = folder.write("raw.csv", rows);
  const { code, stdout } = await cli("predict", model, raw, "--backend", "cpu", "--probabilities");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Fare,more,Embarked,Sex,Age,Pclass,prediction,probability 0,probability 1\n80,x,C,female,,1,1,/,
  );
  expect(stdout).toMatch(/\nNA,y,Z,male,40,7,0,/);
  expectFailure(
    await cli("predict", model, folder.write("less.csv", "Fare\n1\n")),
    2,
    /no column "Pclass", "Sex", "Age", "Embarked"/,
  );
});

test("rows far outside the training rows are said", async () => {
  const rows = "Fare,Embarked,Sex,Age,Pclass\n80,C,female,-9999,1\n";
  const { stderr } = await cli("predict", folder.path("passengers"), folder.write("far.csv", rows), "--backend", "cpu");
  expect(stderr).toMatch(/"Age" \(\d+ to \d+\) has -9999 in 1 of them/);
});

test("predictions for many rows come block by block, the same as for all at once", async () => {
  const header = "Pclass,Sex,Age,Fare,Embarked";
  const lines = Array.from(
    { length: 10_000 },
    (_, i) => `${1 + (i % 3)},${i % 2 ? "male" : "female"},${i % 80},${i % 500},S`,
  );
  const all = folder.write("all.csv", [header, ...lines].join("\n"));
  const last = folder.write("last.csv", [header, ...lines.slice(-10)].join("\n"));
  const predict = async (file: string) => {
    const { stdout } = await cli("predict", folder.path("passengers"), file, "--backend", "cpu", "--probabilities");
    return stdout.trimEnd().split("\n");
  };
  const [whole, part] = [await predict(all), await predict(last)];
  expect(whole).toHaveLength(10_001);
  expect(whole.slice(-10)).toEqual(part.slice(1));
});

test("a resumed training of a table goes on to the same parameters", async () => {
  const file = folder.write("passengers.csv", passengers);
  const args = [file, "--target", "Survived", "--no-early-stopping"];
  const [whole, parts] = [folder.path("whole"), folder.path("parts")];
  await cliJson("train", ...args, "--epochs", "6", "--out", whole);
  await cliJson("train", ...args, "--epochs", "3", "--checkpoint", folder.path("checkpoints"));
  await cliJson("train", ...args, "--epochs", "6", "--resume", folder.path("checkpoints"), "--out", parts);
  expect(readFileSync(`${parts}/model.safetensors`)).toEqual(readFileSync(`${whole}/model.safetensors`));
});

test.runIf(isThere)("Titanic and student performance, as published", async () => {
  const titanic = await cliJson(
    "train",
    `${published}titanic/titanic.csv`,
    "--target",
    "Survived",
    "--backend",
    "wasm",
  );
  expect(titanic.accuracy).toBeGreaterThan(0.78);
  expect(titanic.rocAuc).toBeGreaterThan(0.83);
  const named = await cliJson("train", "titanic", "--data-dir", published, "--backend", "wasm");
  expect(named.accuracy).toBe(titanic.accuracy);
  const file = `${published}student-performance/Student_Performance.csv`;
  const students = await cliJson("train", file, "--target", "Performance Index", "--epochs", "12", "--backend", "wasm");
  expect(students.r2).toBeGreaterThan(0.987);
});

test("columns tells what each is taken for", async () => {
  const file = folder.write("passengers.csv", passengers);
  const { stdout } = await cli("columns", file, "--target", "Survived");
  expect(stdout).toMatch(/^Name +text +left out +120 +120 different texts in 120 rows$/m);
  expect(stdout).toMatch(/^Sex +category +feature +2 +2 categories: "female", "male"$/m);
  const json = JSON.parse((await cli("columns", file, "--json")).stdout);
  expect(json.columns.map(({ name, role }: { name: string; role: string }) => `${name}: ${role}`)).toContain(
    "Age: feature",
  );
});

test("a data set's name is its name, though a folder be called so", async () => {
  const home = process.cwd();
  await mkdir(folder.path("iris"));
  process.chdir(folder.path("."));
  try {
    expect((await cliJson("train", "iris", "--epochs", "1")).data).toBe("iris");
  } finally {
    process.chdir(home);
  }
});
