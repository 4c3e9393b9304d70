// @module-tag slow
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { searched } from "../../src/cli/settings/kinds.js";
import { spaceOf } from "../../src/cli/settings/search.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

const folder = useFolder();
const ARGS = ["sweep", "iris", "--epochs", "4", "--trials", "16", "--backend", "wasm"];

test("a sweep goes on where it was stopped, shows its trials, and trains the best again", async () => {
  const out = folder.path("iris");
  const whole = await cliJson(...ARGS, "--out", out);
  expect(whole.runs).toHaveLength(16);
  const untimed = ({ runs }: typeof whole) => runs.map(({ seconds, ...run }: { seconds: number }) => run);
  const losses = whole.runs.map(({ scores }: { scores: { loss: number } }) => scores.loss);
  expect(whole.best.scores.loss).toBe(Math.min(...losses));

  // The best one, trained again by itself, has the scores that it had side by side with others.
  expect(whole.best.run.validation.loss).toBe(whole.best.scores.loss);

  const cut = folder.path("cut");
  mkdirSync(cut);
  copyFileSync(join(out, "sweep.journal"), join(cut, "sweep.journal"));
  truncateSync(join(cut, "sweep.journal"), Math.floor(readFileSync(join(out, "sweep.journal")).length * 0.6));
  expect(untimed(await cliJson(...ARGS, "--out", cut))).toEqual(untimed(whole));

  // Another sweep's trials aren't taken for this one's.
  const refused = async (args: string[], message: RegExp) =>
    expectFailure(await cli("sweep", ...args, "--out", out), 2, message);
  await refused(["wine", ...ARGS.slice(2)], /has another sweep: it is of iris\. Take another folder/);
  await refused(["iris", "--epochs", "5", ...ARGS.slice(4)], /has another sweep: --epochs was 4/);

  expect(await cliJson("sweep", "status", out)).toEqual({
    data: "iris",
    trials: 16,
    done: 16,
    pruned: 0,
    diverged: 0,
    best: { configuration: whole.best.configuration, loss: whole.best.scores.loss },
  });
  const status = await cli("sweep", "status", out);
  expect(status.stdout).toMatch(
    /^iris: 16 trials, 16 done, 0 pruned, 0 diverged\n\n *lr +dropout +layers +validation loss\n/,
  );
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain('<figure id="slice-dropout">');
  const written = await cli("sweep", "status", cut, "--report", "--language", "es");
  expect(written.stderr).toContain(join(cut, "report.html"));
  const page = readFileSync(join(cut, "report.html"), "utf8");
  expect(page).toMatch(/El ensayo \d+ es el mejor de 16: lr [\d,]+, dropout [\d,]+, layers [\d,]+\./);
  expect(page).toMatch(/neuromotor sweep iris --trials 16 --epochs 4 --out /);
  expectFailure(await cli(...ARGS, "--report"), 2, /--report is for sweep status FOLDER/);
  expectFailure(await cli("sweep", "status", cut, "--language", "es"), 2, /written with --report/);
  const model = folder.path("model");
  const best = await cliJson("sweep", "best", out, "--out", model, "--backend", "wasm");
  expect(best.validation).toEqual(whole.best.run.validation);
  expect(existsSync(join(model, "model.safetensors"))).toBe(true);
});

test("prints the best trials, and the score of the best on rows held out", async () => {
  const { stdout, stderr, code } = await cli(...ARGS, "--trials", "12", "--lr", "0.01");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^iris: 12 trials over dropout, layers, seed 0\n/);
  expect(stdout).toMatch(/\n *dropout +layers +loss +accuracy +time +state\n/);
  expect(stdout).toMatch(/\nand 2 more\n/);
  expect(stdout).toMatch(
    /\nbest: dropout 0\.\d+, layers [\d,]+\naccuracy \d\.\d{4}, loss \d\.\d{4} on 30 held-out rows \(trained again\)\n$/,
  );
});

test("ranges and choices of a search", () => {
  const parsed = searched.parse("lr=1e-4..0.1:log; units=1..9:integer:log  layers=16|64,32|conv 4x3, pool")!;
  expect(parsed).toEqual([
    { option: "lr", values: { low: 1e-4, high: 0.1, log: true } },
    { option: "units", values: { low: 1, high: 9, log: true, integer: true } },
    { option: "layers", values: ["16", "64,32", "conv 4x3, pool"] },
  ]);
  expect(searched.parse(searched.format(parsed))).toEqual(parsed);
  for (const text of ["", "lr", "lr=", "lr=1|", "lr=0.1..1e-4", "lr=1..x", "=3"])
    expect(searched.parse(text)).toBeUndefined();
  expect(Object.keys(spaceOf(searched.parse("learning-rate=0.1|1 layers=4..64:integer")!))).toEqual(["lr", "layers"]);
});

test("wrong arguments are told before any work", async () => {
  const fails = async (args: string[], message: RegExp) => expectFailure(await cli("sweep", ...args), 2, message);
  await fails(["iris", "--search", "lrr=0.1..1"], /can't vary "lrr"\. Did you mean lr\?/);
  await fails(["iris", "--search", "lr=-1..1"], /--search: lr must be a number above 0, got "-1"/);
  await fails(["iris", "--search", "lr=1|2 learning-rate=3|4"], /has lr twice/);
  await fails(["iris", "--search", "lr=1|2", "--lr", "0.1"], /Leave out one of both/);
  await fails(["iris", "--lr", "0.1", "--dropout", "0", "--layers", "8"], /every setting of the usual search/);
  await fails(["iris", "wine"], /one argument too many/);
  await fails(["iris", "--language", "es"], /--out/);
  await fails(["status"], /needs the folder of a sweep/);
  await fails(["best", folder.path("none")], /there is no sweep/);
});
