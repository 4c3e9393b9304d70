import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import { useFolder } from "../fixtures.js";
import { hasRedis, useRedis } from "../node/queue/redis.js";
import { publishedPackage } from "../package.js";

const folder = useFolder();
const servers = useRedis();
const ARGS = [
  "sweep",
  "iris",
  "--trials",
  "200",
  "--epochs",
  "500",
  "--group",
  "2",
  "--pruning",
  "median",
  "--backend",
  "wasm",
];
const KILLS = 30;
const WORKERS = 3;
/** After a group of trials was kept, or so long a wait for one, the next is killed, at any moment of so long a time. */
const LONGEST_WAIT = 15_000;
const LONGEST_PAUSE = 400;

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

describe.skipIf(!hasRedis)("a sweep of 200 trials on three workers", () => {
  test("has the table that it would have had, after 30 kills of workers, of itself and of the server", async () => {
    const program = `${await publishedPackage()}/node_modules/neuromotor/dist/cli.js`;
    const out = folder.path("killed");
    const journal = join(out, "sweep.journal");
    const redis = await servers.start();
    const random = new RandomStream(1, 0);
    const start = (...args: string[]) => {
      const child = spawn(process.execPath, [program, ...args, "--queue", redis.url], { stdio: "ignore" });
      children.add(child);
      child.once("close", () => children.delete(child));
      return child;
    };
    const begin = () => start(...ARGS, "--out", out, "--json");
    const workers = Array.from({ length: WORKERS }, () => start("worker", "--backend", "wasm"));
    let sweep = begin();
    const killed = { workers: 0, sweep: 0, server: 0 };
    const kills = () => killed.workers + killed.sweep + killed.server;
    while (sweep.exitCode === null && sweep.signalCode === null && kills() < KILLS) {
      const before = sizeOf(journal);
      for (
        let waited = 0;
        waited < LONGEST_WAIT && sizeOf(journal) === before && sweep.exitCode === null;
        waited += 50
      ) {
        await wait(50);
      }
      await wait(random.nextBelow(LONGEST_PAUSE));
      if (sweep.exitCode !== null) break;
      const victim = kills() % 5;
      if (victim === 2) {
        sweep.kill("SIGKILL");
        sweep = begin();
        killed.sweep++;
      } else if (victim === 4) {
        await redis.restart(random.nextBelow(1000));
        killed.server++;
      } else {
        const place = random.nextBelow(WORKERS);
        workers[place].kill("SIGKILL");
        workers[place] = start("worker", "--backend", "wasm");
        killed.workers++;
      }
    }
    console.log(`killed: ${JSON.stringify(killed)}`);
    const code = sweep.exitCode ?? (await new Promise((resolve) => sweep.once("close", resolve)));
    expect(code).toBe(0);
    expect(killed).toEqual({ workers: 18, sweep: 6, server: 6 });
    for (const worker of workers) worker.kill("SIGTERM");
    const run = (...more: string[]) =>
      JSON.parse(execFileSync(process.execPath, [program, ...ARGS, "--json", ...more], { encoding: "utf8" }));
    const untimed = ({ runs }: { runs: Record<string, unknown>[] }) => runs.map(({ seconds, ...own }) => own);
    expect(untimed(run("--out", out))).toEqual(untimed(run()));
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    const ops = lines.map((line) => JSON.parse(line) as { op_code: number; trial_id: number });
    expect(ops.filter(({ op_code }) => op_code === 4)).toHaveLength(200);
    const finished = ops.filter(({ op_code }) => op_code === 6).map(({ trial_id }) => trial_id);
    expect(finished.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  }, 1_800_000);
});
