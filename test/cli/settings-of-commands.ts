import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect } from "vitest";
import type { Callback } from "../../src/index.js";
import { hasRedis, type RedisServers } from "../node/queue/redis.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";
import { hidden, type Recorded, type Recorder, record, type SettingTests } from "./recorder.js";

/* Options of single commands, of their files and of what they print: that the value of each arrives. */

const SWEEP = ["--epochs", "1", "--backend", "wasm"];

/**
 * A sweep on the CPU whose trials a worker of this process trains.
 *
 * @param onBegun - done when the sweep has read its data, before the worker is there
 * @returns what the worker printed
 */
async function queued(
  servers: RedisServers,
  ofSweep: readonly string[],
  ofWorker: readonly string[],
  data: readonly string[] = ["iris"],
  onBegun = () => {},
): Promise<string> {
  if (!hasRedis) return "";
  const { url } = await servers.start();
  const queue = ["--queue", url];
  const known = new Set(process.listeners("SIGTERM"));
  const sweep = cliJson("sweep", ...data, "--epochs", "1", "--trials", "3", ...ofSweep, ...queue);
  const client = new Redis(url);
  await expect.poll(() => client.keys("*:studies"), { timeout: 30_000 }).toHaveLength(1);
  await client.quit();
  onBegun();
  const worker = cli("worker", "--backend", "cpu", ...ofWorker, ...queue);
  // A worker that can't take part would leave the sweep waiting.
  const ended = await Promise.race([sweep, worker.then(({ stderr }) => ({ runs: stderr }))]);
  expect(ended.runs).toHaveLength(3);
  // As if this process alone was asked to end, and nothing but the worker heard of it.
  for (const listener of process.listeners("SIGTERM")) if (!known.has(listener)) listener("SIGTERM");
  const { code, stdout } = await worker;
  expect(code).toBe(0);
  return stdout;
}

export const commandSettings = (
  { folder, csv, trainedTable, trainedText, pageFolder }: Recorder,
  servers: RedisServers,
): SettingTests => ({
  async "generate.prompt"() {
    const { text } = await cliJson("generate", await trainedText(), "--prompt", "ab b");
    expect(text).toMatch(/^ab b/);
    expectFailure(await cli("generate", await trainedText(), "--prompt", "x"), 2, /isn't among the 3/);
  },
  async "generate.length"() {
    const { text } = await cliJson("generate", await trainedText(), "--prompt", "ab", "--length", "7");
    expect(text).toHaveLength(9);
  },
  async "generate.temperature"() {
    const texts = await Promise.all(
      ["1", "2"].map(async (seed) => {
        const args = ["--prompt", "ab", "--temperature", "0", "--seed", seed];
        return (await cliJson("generate", await trainedText(), ...args)).text;
      }),
    );
    expect(texts[0]).toBe(texts[1]);
  },
  async "generate.topK"() {
    const likeliest = await cliJson("generate", await trainedText(), "--prompt", "ab", "--temperature", "0");
    const { text } = await cliJson("generate", await trainedText(), "--prompt", "ab", "--top-k", "1");
    expect(text).toBe(likeliest.text);
  },
  async "generate.topP"() {
    const likeliest = await cliJson("generate", await trainedText(), "--prompt", "ab", "--temperature", "0");
    const { text } = await cliJson("generate", await trainedText(), "--prompt", "ab", "--top-p", "0.01");
    expect(text).toBe(likeliest.text);
  },
  async "generate.seed"() {
    const written = async (seed: string) => (await cliJson("generate", await trainedText(), "--seed", seed)).text;
    expect(await written("1")).not.toBe(await written("2"));
  },
  async "sweep.search"() {
    const { runs } = await cliJson(
      "sweep",
      "iris",
      ...SWEEP,
      "--trials",
      "3",
      "--search",
      "lr=1e-4..0.1:log dropout=0..0.5",
    );
    expect(runs.map(({ configuration }: { configuration: object }) => Object.keys(configuration))).toEqual(
      runs.map(() => ["lr", "dropout"]),
    );
    const { best } = await cliJson(
      "sweep",
      "iris",
      ...SWEEP,
      "--trials",
      "2",
      "--search",
      "layers=8|16,8 optimizer=sgd",
    );
    expect(["8", "16,8"]).toContain(best.configuration.layers);
    expect(best.run.settings).toMatchObject({
      optimizer: "sgd",
      layers: best.configuration.layers.split(",").map(Number),
    });
  },
  async "sweep.method"() {
    const rates = async (...method: string[]) => {
      const args = [...SWEEP, "--trials", "24", "--search", "lr=1e-4..0.1:log", ...method];
      const { runs } = await cliJson("sweep", "iris", ...args);
      return runs.map(({ configuration }: { configuration: { lr: number } }) => configuration.lr);
    };
    const [tpe, random, sobol] = [await rates(), await rates("--method", "random"), await rates("--method", "sobol")];
    expect(await rates("--method", "tpe")).toEqual(tpe);
    expect(new Set([tpe, random, sobol].map(String)).size).toBe(3);
    // Each of sixteen cells of a Sobol sequence has one point.
    const cells = sobol.slice(0, 16).map((rate: number) => Math.floor((16 * Math.log(rate / 1e-4)) / Math.log(1000)));
    expect(new Set(cells).size).toBe(16);
  },
  async "sweep.trials"() {
    for (const trials of [2, 3]) {
      expect((await cliJson("sweep", "iris", ...SWEEP, "--trials", String(trials))).runs).toHaveLength(trials);
    }
  },
  async "sweep.group"() {
    const args = [...SWEEP, "--trials", "24", "--search", "lr=1e-4..0.1:log"];
    const [twelve, three] = [
      await cliJson("sweep", "iris", ...args, "--group", "12"),
      await cliJson("sweep", "iris", ...args, "--group", "3"),
    ];
    // The first dozen are drawn; the second is, or isn't, suggested by all of it.
    const rateOf = ({ runs }: { runs: { configuration: { lr: number } }[] }, i: number) => runs[i].configuration.lr;
    expect(rateOf(three, 11)).toBe(rateOf(twelve, 11));
    expect(rateOf(three, 23)).not.toBe(rateOf(twelve, 23));
  },
  async "sweep.pruning"() {
    const states = async (pruning: string) => {
      const args = ["--trials", "24", "--epochs", "8", "--backend", "wasm", "--search", "lr=1e-4..0.1:log"];
      const { runs } = await cliJson("sweep", "iris", ...args, "--pruning", pruning);
      return runs.map(({ state }: { state: string }) => state);
    };
    expect(await states("none")).not.toContain("pruned");
    const [median, halving] = [await states("median"), await states("halving")];
    expect(median).toContain("pruned");
    expect(halving).toContain("pruned");
    expect(halving).not.toEqual(median);
  },
  async "sweep.out"() {
    const out = folder.path("swept");
    await cliJson("sweep", "iris", ...SWEEP, "--trials", "2", "--out", out);
    expect(readdirSync(out).sort()).toEqual(["report.html", "sweep.journal"]);
  },
  async "sweep.report"() {
    const out = folder.path("reported");
    await cliJson("sweep", "iris", ...SWEEP, "--trials", "2", "--out", out);
    rmSync(join(out, "report.html"));
    await cli("sweep", "status", out, "--report");
    expect(readdirSync(out).sort()).toEqual(["report.html", "sweep.journal"]);
  },
  async "sweep.objective"() {
    const args = [...SWEEP, "--trials", "6", "--search", "layers=4|16|64"];
    const byLoss = await cliJson("sweep", "iris", ...args);
    expect(byLoss.front).toBeUndefined();
    const { front, runs } = await cliJson("sweep", "iris", ...args, "--objective", "accuracy,parameters");
    const least = Math.min(...runs.map(({ parameters }: { parameters: number }) => parameters));
    expect(least).toBe(4 * 4 + 4 + 4 * 3 + 3);
    expect(front.map(({ configuration }: { configuration: { layers: string } }) => configuration.layers)).toContain(
      "4",
    );
  },
  async "sweep.repeats"() {
    const { runs } = await cliJson("sweep", "iris", ...SWEEP, "--trials", "2", "--repeats", "3", "--seed", "5");
    expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([5, 6, 7, 5, 6, 7]);
  },
  async "sweep.workers"() {
    const args = ["sweep", "iris", "--epochs", "1", "--trials", "3", "--backend", "cpu"];
    expect((await cli(...args, "--workers", "2")).stdout).toMatch(/^device: 2 threads with a device each \(cpu\)$/m);
    expect((await cli(...args, "--workers", "1")).stdout).not.toMatch(/threads with/);
  },
  "sweep.queue": () => queued(servers, [], []),
  "worker.queue": () => queued(servers, [], []),
  "sweep.anyVariant": () => queued(servers, ["--any-variant"], ["--backend", "wasm"]),
  "worker.anyVariant": () => queued(servers, [], ["--backend", "wasm", "--any-variant"]),
  async "worker.concurrency"() {
    if (!hasRedis) return;
    expect(await queued(servers, [], ["--concurrency", "2"])).toMatch(/, 2 groups at a time\n/);
    expect(await queued(servers, [], [])).toMatch(/, 1 group at a time\n/);
  },
  async "worker.dataDir"() {
    const [here, elsewhere] = [folder.write("here.csv", table(60, "class")), folder.path("elsewhere")];
    await queued(servers, [], ["--data-dir", elsewhere], [here, "--target", "class"], () => {
      mkdirSync(elsewhere);
      renameSync(here, join(elsewhere, "here.csv"));
    });
  },
  async "explain.epochs"() {
    expect(await cliJson("explain", "xor", "--epochs", "0")).toMatchObject({ epochs: 0, step: 1 });
    expect(await cliJson("explain", "xor", "--epochs", "3")).toMatchObject({ epochs: 3, step: 4 });
    expect(await cliJson("explain", "iris", "--epochs", "0", "--schedule", "cosine")).toMatchObject({ step: 1 });
  },
  async preset({ name }) {
    const others = name === "sweep" ? ["--search", "dropout=0..0.1"] : [];
    const layers = async (preset: string) =>
      hidden((await record(name, "iris", "--preset", preset, ...others)) as Recorded);
    expect((await layers("auto")).map(({ units }) => units)).toEqual([16, 8]);
    expect((await layers("none")).map(({ units }) => units)).toEqual([32]);
    expect((await layers("xor")).map(({ units }) => units)).toEqual([6]);
  },
  async backend() {
    for (const backend of ["cpu", "wasm"]) {
      expect(JSON.parse((await cli("device", "--backend", backend, "--json")).stdout)).toMatchObject({ backend });
    }
  },
  async json() {
    expect(JSON.parse((await cli("device", "--backend", "cpu", "--json")).stdout)).toBeTypeOf("object");
  },
  async quiet() {
    const [long, short] = [await cli("device", "--backend", "cpu"), await cli("device", "--backend", "cpu", "--quiet")];
    expect(short.stdout.length).toBeLessThan(long.stdout.length);
  },
  async out() {
    await cliJson("train", "iris", "--epochs", "1", "--out", folder.path("out"));
    expect(existsSync(folder.path("out/model.json"))).toBe(true);
  },
  async run() {
    const before = process.cwd();
    process.chdir(folder.path(""));
    try {
      expect(await cliJson("train", "iris", "--epochs", "1", "--run", "first")).toMatchObject({ out: "runs/first" });
      expect(existsSync(folder.path("runs/first/model.json"))).toBe(true);
    } finally {
      process.chdir(before);
    }
  },
  async checkpoint() {
    await cliJson("train", "iris", "--epochs", "1", "--checkpoint", folder.path("checkpoints"));
    expect(existsSync(folder.path("checkpoints/epoch-000001/model.json"))).toBe(true);
  },
  async keep() {
    // Every epoch is worse than the first.
    const worse = ["--optimizer", "sgd", "--lr", "100", "--loss", "meanAbsoluteError", "--epochs", "6"];
    const kept = async (keep: string) => {
      const directory = folder.path(`kept ${keep}`);
      await cliJson("train", "iris", ...worse, "--checkpoint", directory, "--keep", keep);
      return [1, 2, 3, 4, 5, 6].filter((epoch) => existsSync(join(directory, `epoch-00000${epoch}`)));
    };
    const two = await kept("2");
    expect(two.slice(-2)).toEqual([5, 6]);
    expect(two.length).toBeLessThan((await kept("5")).length);
  },
  async resume() {
    const directory = folder.path("resumed");
    await cliJson("train", "iris", "--epochs", "1", "--schedule", "constant", "--checkpoint", directory);
    expect(await cliJson("train", "iris", "--resume", directory, "--epochs", "3")).toMatchObject({ epochs: 2 });
  },
  async digits({ name }) {
    const report = ["--digits", "4", "--backend", "cpu"];
    const args = name === "train" ? ["train", "iris", "--epochs", "1"] : ["evaluate", await trainedTable(), csv.class];
    expect((await cli(...args, ...report)).stdout).toMatch(/weighted avg( +[01]\.\d{4}){3} +\d+\n/);
  },
  async heldOut() {
    await cliJson("train", "iris", "--epochs", "1", "--out", folder.path("held out"));
    expect(await cliJson("evaluate", folder.path("held out"), "iris")).toMatchObject({ rows: 150 });
    expect(await cliJson("evaluate", folder.path("held out"), "iris", "--held-out")).toMatchObject({ rows: 30 });
  },
  async probabilities() {
    const model = await trainedTable();
    expect((await cliJson("predict", model, csv.class, "--probabilities")).probabilities).toHaveLength(100);
  },
  async "predict.steps"() {
    const out = folder.path("windows");
    await cliJson(
      "train",
      csv.number,
      "--target",
      "number",
      "--features",
      "number",
      "--window",
      "4",
      "--epochs",
      "1",
      "--out",
      out,
    );
    expect((await cliJson("predict", out, csv.number, "--steps", "3")).predictions).toHaveLength(3);
  },
  async "predict.out"() {
    const model = await trainedTable();
    await cliJson("predict", model, csv.class, "--out", folder.path("predicted.csv"));
    expect(readFileSync(folder.path("predicted.csv"), "utf8")).toContain("prediction");
  },
  async language(command) {
    expect(readFileSync(join(await pageFolder(command, "--language", "es"), "report.html"), "utf8")).toContain(
      '<html lang="es">',
    );
  },
  async png(command) {
    expect(readdirSync(join(await pageFolder(command, "--png"), "charts"))).not.toEqual([]);
  },
  async "report.out"(command) {
    expect(readdirSync(await pageFolder(command))).toEqual(["report.html"]);
  },
  async "compare.out"(command) {
    expect(readdirSync(await pageFolder(command))).toEqual(["report.html"]);
  },
  async monitor({ name }) {
    const options = ["--validation", "0.2", "--early-stopping", "2", "--monitor"];
    const { options: fit } = (await record(name, "iris", ...options, "accuracy")) as Recorded;
    const callback = (fit.callbacks as Callback[]).find((each) => each.name === "earlyStopping")!;
    const control = { keepParameters() {}, scores: new Map([["accuracy", "higher"]]), evaluates: [] } as never;
    const better = { epoch: 1, learningRate: 1, seconds: 0, loss: 1, accuracy: 0.5 };
    const epochs = [better, { ...better, loss: 0.5 }, { ...better, loss: 0.1 }];
    expect(epochs.map((each) => callback.onEpoch!(each, control))).toEqual([undefined, undefined, "stop"]);
    const unknown = /--monitor r2: this training has no such score. Use loss or accuracy/;
    // A sweep has said by then what it will train.
    const refused = (stderr: RegExp) => ({ code: 2, stderr: expect.stringMatching(stderr) });
    expect(await cli(name, "iris", ...options, "r2")).toMatchObject(refused(unknown));
    const alone = await cli(name, "iris", "--no-early-stopping", "--monitor", "loss");
    expect(alone).toMatchObject(refused(/--monitor is for --early-stopping/));
  },
  async trace() {
    await cliJson("profile", "xor", "--trace", folder.path("trace.json"));
    expect(JSON.parse(readFileSync(folder.path("trace.json"), "utf8")).traceEvents).not.toEqual([]);
  },
  async wgsl() {
    const args = ["profile", "xor", "--json", "--backend", "webgpu"];
    expect(JSON.parse((await cli(...args, "--wgsl")).stdout).kernels[0].wgsl).toContain("fn main(");
    expect(JSON.parse((await cli(...args)).stdout).kernels).toBeUndefined();
  },
  async quick() {
    const [cut] = JSON.parse((await cli("reproduce", "E5", "--quick", "--json", "--backend", "cpu")).stdout).rows;
    expect(cut.figures[0].command).toContain("--epochs 4");
  },
  async seeds() {
    const args = ["reproduce", "A1", "--json", "--backend", "cpu", "--seeds", "2", "--seed", "5"];
    const { stdout } = await cli(...args, "--out", folder.path("seeds"));
    expect(JSON.parse(stdout).rows[0].seeds).toBe(2);
    expect(readFileSync(folder.path("seeds", "runs.jsonl"), "utf8")).toMatch(/--seed 5 .*\n.*--seed 6 /);
  },
  async "reproduce.out"() {
    await cli("reproduce", "D1", "--quiet", "--backend", "cpu", "--out", folder.path("reproduced"));
    expect(existsSync(folder.path("reproduced", "runs.jsonl"))).toBe(true);
  },
  async "reproduce.dataDir"() {
    const { stderr } = await cli("reproduce", "C5", "--quiet", "--backend", "cpu", "--data-dir", csv.class);
    expect(stderr).toBe(""); // --quiet
    const { stdout } = await cli("reproduce", "C5", "--backend", "cpu", "--data-dir", csv.class);
    expect(stdout).toContain(`${csv.class}/titanic`);
  },
  async rows() {
    expect(((await record("explain", "iris", "--rows", "3")) as Recorded).data.rows).toBe(3);
  },
  async from() {
    expect(((await record("find-rate", "iris", "--from", "1e-4")) as Recorded).options).toMatchObject({ from: 1e-4 });
  },
  async to() {
    expect(((await record("find-rate", "iris", "--to", "3")) as Recorded).options).toMatchObject({ to: 3 });
  },
  async steps() {
    expect(((await record("find-rate", "iris", "--steps", "7")) as Recorded).options).toMatchObject({ steps: 7 });
  },
  async folds() {
    const folds = await cliJson("cross-validate", "iris", "--epochs", "1", "--folds", "3");
    expect(folds.perFold.map(({ rows }: { rows: number }) => rows)).toEqual([50, 50, 50]);
  },
  async repeats() {
    const args = ["cross-validate", "iris", "--epochs", "1", "--folds", "2", "--repeats"];
    expect((await cliJson(...args, "3")).perFold).toHaveLength(6);
  },
});
