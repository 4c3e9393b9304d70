import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const folder = useFolder();
const CPU = ["--backend", "cpu"];
const { path } = folder;

/** Scores that depend neither on the clock nor on where a run was cut. */
const scoresOf = ({ loss, accuracy, validation }: Record<string, unknown>) => ({ loss, accuracy, validation });

test("a run that was cut goes on to the same model, without its settings being told again", async () => {
  const settings = ["--schedule", "plateau", "--dropout", "0.1", "--seed", "4", "--lr", "0.03", "--layers", "9"];
  const whole = await cliJson("train", "iris", ...settings, "--epochs", "12", "--out", path("whole"));
  const directory = path("cut");
  await cliJson("train", "iris", ...settings, "--epochs", "12", "--checkpoint", directory, "--keep", "5");
  expect(readdirSync(directory).length).toBeGreaterThanOrEqual(5);
  for (const epoch of ["10", "11", "12"]) rmSync(join(directory, `epoch-0000${epoch}`), { recursive: true });
  const resumed = await cliJson("train", "iris", "--resume", directory, "--out", path("resumed"));
  expect(resumed).toMatchObject({ seed: 4, epochs: 3, steps: 21 });
  expect(scoresOf(resumed)).toEqual(scoresOf(whole));
  // The history is the whole run's, with the epochs before the cut.
  expect(resumed.history).toEqual(whole.history);
  const tensors = (name: string) => readFileSync(join(path(name), "model.safetensors"));
  expect(tensors("resumed").equals(tensors("whole"))).toBe(true);
  expect(readdirSync(directory)).toContain("epoch-000012");

  // The schedule is over now; one that isn't made for a number of epochs can go on for more.
  const over = await cli("train", "iris", "--resume", directory, ...CPU);
  expect(over.stdout).toContain("resumed from");
  expect(over.stdout).toContain("nothing was left to train");
  expect(over.code).toBe(0);
  expect(await cliJson("train", "iris", "--resume", directory, "--epochs", "14")).toMatchObject({ epochs: 2 });
});

test("early stopping is gone on with, and a checkpoint is a model like any other", async () => {
  const settings = ["--lr", "0.1", "--early-stopping", "3", "--epochs", "60"];
  const whole = await cliJson("train", "iris", ...settings);
  const directory = path("stopping");
  await cliJson("train", "iris", ...settings, "--checkpoint", directory);
  const last = readdirSync(directory).sort().at(-1)!;
  rmSync(join(directory, last), { recursive: true });
  const resumed = await cliJson("train", "iris", "--resume", directory);
  expect(scoresOf(resumed)).toEqual(scoresOf(whole));
  const again = await cli("train", "iris", "--resume", directory, ...CPU);
  expect(again.stdout).toContain("nothing was left to train");
  expect(await cliJson("evaluate", join(directory, last), "iris", "--held-out")).toMatchObject({ rows: 30 });
});

test("CSV files too", async () => {
  const file = folder.write("class.csv", table(80, "class"));
  const train = ["train", file, "--schedule", "one-cycle"];
  const whole = await cliJson(...train, "--target", "class", "--epochs", "6");
  await cliJson(...train, "--target", "class", "--epochs", "6", "--checkpoint", path("csv"));
  rmSync(join(path("csv"), "epoch-000006"), { recursive: true });
  const resumed = await cliJson("train", file, "--resume", path("csv"));
  expect(scoresOf(resumed)).toEqual(scoresOf(whole));
});

test("what can't be is refused", async () => {
  const directory = path("refused");
  await cliJson("train", "iris", "--epochs", "2", "--schedule", "cosine", "--checkpoint", directory);
  const train = (...args: string[]) => cli("train", ...args, ...CPU, "--json");
  const resume = (...args: string[]) => train("iris", "--resume", directory, ...args);
  expectFailure(await train("iris", "--checkpoint", directory), 2, /has a checkpoint of epoch 2.*another directory/);
  expectFailure(await train("iris", "--resume", path("nowhere")), 2, /there is no checkpoint in it/);
  expectFailure(await train("digits", "--resume", directory), 2, /digits isn't the data .* \(iris\)|features/);
  expectFailure(await resume("--lr", "0.5"), 2, /learningRate was 0.01, not 0.5/);
  expectFailure(await resume("--epochs", "9"), 2, /epochs was 2, not 9/);
  expectFailure(await resume("--seed", "9"), 2, /seed was 0, not 9/);
  expectFailure(await resume("--checkpoint", path("other")), 2, /Leave --checkpoint out/);
  expectFailure(await train("iris", "--keep", "2"), 2, /--keep is for --checkpoint/);
  expectFailure(await train("iris", "--keep", "0", "--checkpoint", directory), 2, /--keep must be/);
  const file = join(directory, "epoch-000002/model.json");
  folder.write("refused/epoch-000002/model.json", readFileSync(file, "utf8").replace('"step"', '"stop"'));
  expectFailure(await resume(), 2, /model.json is damaged/);
});
