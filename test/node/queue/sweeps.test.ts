// @module-tag slow
import { setTimeout as wait } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import type { Backend, SweepOptions, SweepRun, Trial } from "neuromotor";
import { adam, dense, medianPruning, sequential, softmaxCrossEntropy, sweep, Trainer } from "neuromotor";
import { Dataset } from "neuromotor/data";
import { openDevice, openQueue, type SweepWorkerOptions, sweepWorker } from "neuromotor/node";
import { describe, expect, test } from "vitest";
import { irisSplit, useFolder } from "../../fixtures.js";
import { hasRedis, type RedisServer, useRedis } from "./redis.js";

const folder = useFolder();
const servers = useRedis();
const { train, test: validation } = await irisSplit();
const fit = { epochs: 6, batchSize: 16, validation };

const builder =
  (device: Backend, onBuild = (_: Trial) => {}) =>
  (trial: Trial) => {
    onBuild(trial);
    const { rate, units, seed } = trial;
    const model = sequential({ input: [4], seed }, [dense(Number(units), { activation: "relu" }), dense(3)]);
    const optimizer = adam({ learningRate: Number(rate) });
    return new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer, metrics: ["accuracy"] });
  };

const SPACE = { rate: { low: 1e-4, high: 0.3, log: true }, units: [4, 8] };
const SEARCH: SweepOptions = { search: SPACE, trials: 24, group: 6, seed: 3, monitor: "accuracy", fit };

/** All but what depends on the clock, and the models. */
const table = (runs: readonly SweepRun[]) =>
  runs.map(({ seconds, model, history, ...run }) => ({
    ...run,
    epochs: history?.epochs.map(({ seconds, ...epoch }) => epoch),
  }));

async function alone(options: SweepOptions) {
  const device = await openDevice({ backend: "wasm", threads: 1 });
  try {
    return table((await sweep(train, builder(device), options)).runs);
  } finally {
    device.dispose();
  }
}

/** Workers in this process, each on a device of its own. */
async function startWorkers(
  { url }: RedisServer,
  count: number,
  {
    backend = "wasm" as Backend["backend"],
    data = train,
    onBuild = (_: Trial) => {},
    ...options
  }: Partial<SweepWorkerOptions> & {
    backend?: Backend["backend"];
    data?: Dataset;
    onBuild?(trial: Trial): void;
  } = {},
) {
  const stop = new AbortController();
  const devices = await Promise.all(Array.from({ length: count }, () => openDevice({ backend, threads: 1 })));
  const working = devices.map((device) =>
    sweepWorker(data, builder(device, onBuild), { queue: url, fit, signal: stop.signal, ...options }),
  );
  return {
    working,
    async stop() {
      stop.abort();
      const ended = await Promise.allSettled(working);
      for (const device of devices) device.dispose();
      return ended;
    },
  };
}

/** A sweep whose trials others train; it builds trainers on the CPU reference's... own device to look at them only. */
async function byQueue(redis: RedisServer, options: SweepOptions, backend: Backend["backend"] = "wasm") {
  const device = await openDevice({ backend, threads: 1 });
  try {
    return await sweep(train, builder(device), { queue: redis.url, ...options });
  } finally {
    device.dispose();
  }
}

describe.skipIf(!hasRedis)("a sweep by way of a queue", () => {
  test.each([1, 3])("has the table of one process with %i workers, pruned and searched", async (count) => {
    const redis = await servers.start();
    const pruning = medianPruning({ startup: 3 });
    const workers = await startWorkers(redis, count, { pruning });
    const { runs } = await byQueue(redis, { ...SEARCH, pruning });
    await workers.stop();
    expect(table(runs)).toEqual(await alone({ ...SEARCH, pruning }));
    expect(runs.some(({ state }) => state === "pruned")).toBe(true);
    expect(runs[0].variant).toMatch(/^wasm, (fused|separate) /);
    const client = new Redis(redis.url);
    // The sweep is over, and nothing is left of it: BullMQ's own mark ends by itself.
    await expect.poll(() => client.keys("*"), { timeout: 20_000 }).toEqual([]);
    client.disconnect();
  });

  test("a grid with repeats and two objectives, some of whose trainings diverge", async () => {
    const redis = await servers.start();
    const options: SweepOptions = {
      grid: { rate: [1e-3, 1e-2, 1e30], units: [4, 8] },
      repeats: 2,
      objectives: ["accuracy", "parameters"],
      fit,
    };
    const workers = await startWorkers(redis, 2);
    const { runs, front, ranking } = await byQueue(redis, options);
    await workers.stop();
    expect(table(runs)).toEqual(await alone(options));
    expect(runs.filter(({ state }) => state === "diverged").length).toBeGreaterThan(0);
    expect(front.length).toBeGreaterThan(0);
    expect(ranking[0].runs.map(({ repeat }) => repeat)).toEqual([0, 1]);
  });

  test("goes on when the server is killed and forgets everything, and when it comes back late", async () => {
    const redis = await servers.start();
    const trained = new Map<number, number>();
    let kills = 0;
    const workers = await startWorkers(redis, 2, {
      async onTrial(number: number) {
        trained.set(number, (trained.get(number) ?? 0) + 1);
        if ([3, 11].includes(trained.size) && kills < trained.size) {
          kills = trained.size;
          void redis.restart(300);
        }
      },
    });
    const { runs } = await byQueue(redis, SEARCH);
    await workers.stop();
    expect(kills).toBe(11);
    expect(table(runs)).toEqual(await alone(SEARCH));
  });

  test("a coordinator that ends goes on from its journal, by another process", async () => {
    const redis = await servers.start();
    const journal = folder.path("sweep.journal");
    const built: Trial[] = [];
    const workers = await startWorkers(redis, 1, { onBuild: (trial) => built.push(trial) });
    let seen = 0;
    const onTrial = () => {
      if (++seen === 13) throw new Error("The coordinator is gone.");
    };
    await expect(byQueue(redis, { ...SEARCH, journal, onTrial })).rejects.toThrow("is gone");
    const before = built.length;
    const { runs } = await byQueue(redis, { ...SEARCH, journal });
    await workers.stop();
    const untraced = (all: ReturnType<typeof table>) => all.map(({ epochs, ...run }) => run);
    expect(untraced(table(runs))).toEqual(untraced(await alone(SEARCH)));
    expect(built.length - before).toBeLessThanOrEqual(24 - 12 + 1); // two groups were kept; one more to look at
  });

  test("workers of other data, options, pruning or engine are refused, and say why", async () => {
    const redis = await servers.start();
    const refusals: string[] = [];
    const other = Dataset.from({ features: train.features.map((x) => x + 1), labels: train.labels, shape: [4] });
    const cases = [
      [{ data: other }, /data aren't this worker's: their digest is [0-9a-f]{12}, here it is/],
      [{ fit: { ...fit, epochs: 7 } }, /options of fit are .*"epochs":6.*, this worker's are .*"epochs":7/],
      [{ pruning: medianPruning() }, /has no pruning/],
      [{ backend: "cpu" as const }, /trained by wasm, .* this worker's engine is cpu/],
    ] as const;
    const queue = openQueue(redis.url, { onRefusal: (_, reason) => refusals.push(reason) });
    const swept = byQueue(redis, { ...SEARCH, trials: 12, queue });
    for (const [options, message] of cases) {
      const { working, stop } = await startWorkers(redis, 1, options);
      await expect(working[0]).rejects.toThrow(message);
      await stop();
      await expect.poll(() => refusals.some((reason) => message.test(reason)), { timeout: 20_000 }).toBe(true);
    }
    const good = await startWorkers(redis, 1);
    const { runs } = await swept;
    await good.stop();
    expect(table(runs)).toEqual(await alone({ ...SEARCH, trials: 12 }));
  });

  test.each(["worker", "sweep"])(
    "an engine of another kind takes part where the %s asks for it, and rows name it",
    async (asks) => {
      const redis = await servers.start();
      const workers = await startWorkers(redis, 1, { backend: "cpu", ...(asks === "worker" && { anyVariant: true }) });
      const queue = openQueue(redis.url, { anyVariant: asks === "sweep" });
      const { runs } = await byQueue(redis, { ...SEARCH, trials: 4, queue });
      await workers.stop();
      expect(runs.map(({ variant }) => variant)).toEqual(["cpu", "cpu", "cpu", "cpu"]);
    },
  );

  test("what others put into the queue is refused, and nothing is lost by it", async () => {
    const redis = await servers.start();
    const client = new Redis(redis.url);
    const swept = byQueue(redis, { ...SEARCH, trials: 12 });
    await expect.poll(() => client.zcard("neuromotor:studies"), { timeout: 20_000 }).toBe(1);
    const [id] = await client.zrange("neuromotor:studies", "0", "-1");
    // Outcomes of trials that are none, or of no run's form.
    const bad = [
      "{",
      '{"state":"done"}',
      '{"state":"diverged","seconds":1,"parameters":1,"variant":"x","extra":1}',
      "[]",
    ];
    for (const [i, text] of bad.entries()) await client.hset(`neuromotor:runs:of:${id}`, `${i}.0`, text);
    await client.hset(`neuromotor:kept:of:${id}`, "1.0", "no bytes of a model");
    // A sweep that is none.
    await client.zadd("neuromotor:studies", "1", "other");
    await client.set("neuromotor:study:of:other", '{"form":1,"code":"process.exit()"}');
    await client.set("neuromotor:alive:of:other", "1");
    const workers = await startWorkers(redis, 2);
    const { runs } = await swept;
    const ended = await workers.stop();
    expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(table(runs)).toEqual(await alone({ ...SEARCH, trials: 12 }));
    expect((await client.hvals("neuromotor:refusals:of:other"))[0]).toMatch(/something else than a sweep/);
    client.disconnect();
  });

  test("a job that is none ends the sweep with an error that says so", async () => {
    const redis = await servers.start();
    const client = new Redis(redis.url);
    const swept = byQueue(redis, SEARCH);
    await expect.poll(() => client.zcard("neuromotor:studies"), { timeout: 20_000 }).toBe(1);
    const [id] = await client.zrange("neuromotor:studies", "0", "-1");
    const queue = new Queue(id, { connection: client, prefix: "neuromotor" });
    await queue.add("x", { study: id, group: { before: 0, trainings: [{ number: 0, code: "1" }] } }, { lifo: true });
    const workers = await startWorkers(redis, 1);
    await expect(swept).rejects.toThrow(/a part of trainings has "code"/);
    await workers.stop();
    client.disconnect();
  });

  test("a worker that is stopped hands its trainings back, and another goes on with them where they were", async () => {
    const redis = await servers.start();
    const slow = { epochs: 30, batchSize: 16, validation };
    const begun: number[] = [];
    const pace = (epochs: number[]) => () => [
      {
        name: "pace",
        saveState: () => null,
        restoreState() {},
        onEpoch: async ({ epoch }: { epoch: number }) => {
          epochs.push(epoch);
          await wait(100);
        },
      },
    ];
    const options: SweepOptions = { grid: { rate: [1e-2], units: [4] }, fit: { ...slow, callbacks: pace([]) } };
    const swept = byQueue(redis, options);
    const first = await startWorkers(redis, 1, { fit: { ...slow, callbacks: pace(begun) } });
    await expect.poll(() => begun.length, { timeout: 30_000 }).toBeGreaterThan(14);
    await first.stop();
    const resumed: number[] = [];
    const second = await startWorkers(redis, 1, { fit: { ...slow, callbacks: pace(resumed) } });
    const { runs } = await swept;
    await second.stop();
    expect(table(runs)).toEqual(await alone({ ...options, fit: slow }));
    expect(resumed[0]).toBeGreaterThan(8); // it was kept about once a second
    expect(begun.length + resumed.length).toBeGreaterThanOrEqual(30);
  });
});

test("settings that can't be handed over, and queues that are none, are told before any work", async () => {
  const device = await openDevice({ backend: "cpu" });
  const attempt = (options: object) => sweep(train, builder(device), options as SweepOptions);
  const url = "redis://localhost:6379";
  await expect(attempt({ grid: { units: [() => 4] }, queue: url })).rejects.toThrow(/values of "units" must be/);
  await expect(attempt({ grid: { units: [4] }, queue: {} })).rejects.toThrow(/openQueue\("redis/);
  await expect(attempt({ grid: { units: [4] }, queue: "amqp://x" })).rejects.toThrow(/begins with amqp:/);
  device.dispose();
});
