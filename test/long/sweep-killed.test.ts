import { execFileSync, spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import { useFolder } from "../fixtures.js";
import { publishedPackage } from "../package.js";

const folder = useFolder();
const ARGS = ["sweep", "iris", "--trials", "200", "--epochs", "100", "--group", "4", "--backend", "wasm", "--json"];
const KILLS = 30;
/** A process is killed so many milliseconds after it wrote to the journal, at most. */
const LONGEST_LIFE = 120;

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

test("a sweep of 200 trials that is killed 30 times at any moment has the table that it would have had", async () => {
  const program = `${await publishedPackage()}/node_modules/neuromotor/dist/cli.js`;
  const out = folder.path("killed");
  const journal = join(out, "sweep.journal");
  const random = new RandomStream(1, 0);
  let kills = 0;
  for (let ended = false; !ended; ) {
    const before = sizeOf(journal);
    const child = spawn(process.execPath, [program, ...ARGS, "--out", out], { stdio: "ignore" });
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    if (kills < KILLS) {
      const isWritten = () => sizeOf(journal) > before || child.exitCode !== null;
      while (!isWritten()) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, random.nextBelow(LONGEST_LIFE)));
      if (child.exitCode === null) kills++;
      child.kill("SIGKILL");
    }
    ended = (await closed) === 0;
  }
  expect(kills).toBe(KILLS);
  const untimed = ({ runs }: { runs: Record<string, unknown>[] }) => runs.map(({ seconds, ...run }) => run);
  const run = (...more: string[]) =>
    JSON.parse(execFileSync(process.execPath, [program, ...ARGS, ...more], { encoding: "utf8" }));
  const [whole, resumed] = [run(), run("--out", out)];
  expect(untimed(resumed)).toEqual(untimed(whole));
  const lines = readFileSync(journal, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ op_code }) => op_code === 4)).toHaveLength(200);
  const finished = lines.filter(({ op_code }) => op_code === 6).map(({ trial_id }) => trial_id);
  expect(finished.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
}, 600_000);
