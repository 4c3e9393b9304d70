// @module-tag slow
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { hasRedis, useRedis } from "../node/queue/redis.js";
import { publishedPackage } from "../package.js";
import { cli, expectFailure, table } from "./command-line.js";

/* The published program as processes of their own, as on several machines. */
const folder = useFolder();
const servers = useRedis();
const home = `${await publishedPackage()}/node_modules/neuromotor`;
const SWEEP = ["--trials", "10", "--epochs", "4", "--group", "5", "--backend", "wasm", "--json"];

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: readonly string[], { cwd = folder.path(), env = {}, program = `${home}/dist/cli.js` } = {}) {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env } });
  children.push(child);
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (written.stdout += data));
  child.stderr.on("data", (data) => (written.stderr += data));
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...written })));
  return {
    ended,
    said: (text: RegExp) => expect.poll(() => written.stderr, { timeout: 60_000 }).toMatch(text),
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

const untimed = ({ stdout }: Ended) => JSON.parse(stdout).runs.map(({ seconds, ...run }: { seconds: number }) => run);

describe.skipIf(!hasRedis)("a sweep on several machines", () => {
  test("has the table of one: by a worker of two threads, by two workers, and by threads of its own", async () => {
    const { url } = await servers.start("--requirepass", "s3cret");
    const queue = ["--queue", url.replace("//", "//:s3cret@")];
    const alone = start(["sweep", "iris", ...SWEEP]).ended;
    const first = start(["worker", ...queue, "--concurrency", "2"]);
    const waiting = start([
      "sweep",
      "iris",
      ...SWEEP,
      ...queue,
      "--repeats",
      "2",
      "--objective",
      "accuracy,parameters",
    ]);
    const second = start(["worker", ...queue, "--json"]);
    const repeated = await waiting.ended;
    expect(repeated).toMatchObject({ code: 0 });
    expect(JSON.parse(repeated.stdout).runs).toHaveLength(20);
    expect(JSON.parse(repeated.stdout).front.length).toBeGreaterThan(0);
    const out = folder.path("queued");
    const queued = await start(["sweep", "iris", ...SWEEP, ...queue, "--out", out]).ended;
    expect(queued.code).toBe(0);
    expect(untimed(queued)).toEqual(untimed(await alone));
    expect(untimed(queued)[0].variant).toMatch(/^wasm, /);
    expect(untimed(await start(["sweep", "iris", ...SWEEP, "--workers", "2"]).ended)).toEqual(untimed(await alone));
    for (const file of ["sweep.journal", "report.html"])
      expect(readFileSync(join(out, file), "utf8")).not.toContain("s3cret");
    expect(await first.stop()).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n\d+ trainings? done\n$/) });
    const { code, stdout, stderr } = await second.stop();
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, queue: url.replace("//", "//:***@") });
    expect(stderr).toMatch(/^(Waiting for sweeps\.|Working on iris\.|\n)+$/);
  });

  test.concurrent.each([0, 2000])("ends when it is told to %d ms after its server, at work or not", async (pause) => {
    const { url, kill } = await servers.start();
    const idle = start(["worker", "--queue", url]);
    await idle.said(/Waiting for sweeps/);
    const sweep = start(["sweep", "iris", "--trials", "4", "--epochs", "20000", "--backend", "wasm", "--queue", url]);
    const atWork = start(["worker", "--queue", url]);
    await atWork.said(/Working on iris/);
    kill();
    await wait(pause);
    const ended = await Promise.all([idle.stop(), atWork.stop()]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    await sweep.stop();
  });

  test("files are found by path or in --data-dir, and known by their digests", async () => {
    const { url } = await servers.start();
    const [own, elsewhere] = [folder.path("own"), folder.path("elsewhere")];
    for (const each of [own, join(elsewhere, "data")]) mkdirSync(each, { recursive: true });
    writeFileSync(join(own, "rows.csv"), table(80, "class"));
    const sweep = start(["sweep", "rows.csv", "--target", "class", ...SWEEP, "--queue", url], { cwd: own });
    await sweep.said(/Waiting for workers at redis:/);
    const worker = () => start(["worker", "--queue", url, "--data-dir", "data"], { cwd: elsewhere });
    const missing = await worker().ended;
    expectFailure(
      { ...missing, stdout: "", code: missing.code!, stderr: lastLine(missing) },
      2,
      /rows\.csv isn't on this machine.*--data-dir/,
    );
    writeFileSync(join(elsewhere, "data/rows.csv"), table(81, "class"));
    const other = await worker().ended;
    expectFailure(
      { ...other, stdout: "", code: other.code!, stderr: lastLine(other) },
      2,
      /isn't the sweep's file: its digest is/,
    );
    copyFileSync(join(own, "rows.csv"), join(elsewhere, "data/rows.csv"));
    const good = worker();
    const queued = await sweep.ended;
    expect(queued).toMatchObject({ code: 0 });
    expect(queued.stderr).toMatch(/A worker won't take part \(.*, process \d+\): .*isn't the sweep's file/);
    await good.stop();
    expect(untimed(queued)).toEqual(
      untimed(await start(["sweep", "rows.csv", "--target", "class", ...SWEEP], { cwd: own }).ended),
    );
  });

  test("over TLS, whose authority is the user's own; a worker of another engine is refused", async () => {
    const authority = folder.path("authority.pem");
    const { port } = await servers.startTls(authority);
    const env = { NODE_EXTRA_CA_CERTS: authority };
    const queue = ["--queue", `rediss://localhost:${port}`];
    const sweep = start(["sweep", "iris", ...SWEEP, ...queue], { env });
    await sweep.said(/Waiting for workers/);
    const refused = await start(["worker", ...queue, "--backend", "cpu"], { env }).ended;
    expectFailure(
      { ...refused, stdout: "", code: refused.code!, stderr: lastLine(refused) },
      2,
      /this worker's engine is cpu.*--any-variant/,
    );
    const any = start(["worker", ...queue, "--backend", "cpu", "--any-variant"], { env });
    expect(untimed(await sweep.ended).map(({ variant }: { variant: string }) => variant)).toEqual(
      Array(10).fill("cpu"),
    );
    await any.stop();
  });
});

const lastLine = ({ stderr }: Ended) => `${stderr.trimEnd().split("\n").at(-1)}\n`;

test("without BullMQ, the command that installs it is told", async () => {
  const bare = folder.path("bare/node_modules");
  mkdirSync(bare, { recursive: true });
  cpSync(home, join(bare, "neuromotor"), { recursive: true });
  const modules = dirname(dirname(dirname(home)));
  for (const name of ["commander", "cli-progress"]) symlinkSync(join(modules, "../..", name), join(bare, name));
  const program = join(bare, "neuromotor/dist/cli.js");
  for (const args of [["worker"], ["sweep", "iris"]]) {
    const ended = await start([...args, "--backend", "cpu", "--quiet", "--queue", "redis://localhost"], { program })
      .ended;
    expectFailure({ ...ended, code: ended.code! }, 2, /BullMQ, which isn't installed: npm install bullmq ioredis/);
  }
});

test("wrong arguments are told before any work", async () => {
  const fails = async (args: string[], message: RegExp) => expectFailure(await cli(...args), 2, message);
  await fails(["worker"], /needs --queue URL/);
  await fails(["worker", "--queue", "http://x"], /begins with http:/);
  await fails(["sweep", "iris", "--queue", "redis://"], /The queue's URL/);
  await fails(["sweep", "iris", "--queue", "redis://h", "--workers", "2"], /--concurrency/);
  await fails(["sweep", "iris", "--any-variant"], /--any-variant is for --queue/);
  await fails(
    ["sweep", "iris", "--objective", "accuracy,parameters", "--pruning", "median"],
    /--pruning goes by one score of one training/,
  );
  await fails(["sweep", "iris", "--objective", "acuracy"], /no score "acuracy"\. Did you mean accuracy\?/);
});
