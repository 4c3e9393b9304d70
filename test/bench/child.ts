import { createInterface } from "node:readline";
import { type BackendName, CONTESTANTS, type Contestant, type Work } from "./contestant.js";
import type { Counts } from "./counts.js";
import {
  CHECK,
  hasMnist,
  JOBS,
  type ManyJob,
  manyParameters,
  matrices,
  productError,
  readMnist,
  type TrainingJob,
  trainingTask,
} from "./jobs.js";
import { judge, judgeLogits } from "./judge.js";
import { type Checked, type Counted, MARK, type Opened, type Prepared, type Request } from "./protocol.js";

/* One contestant in a process of its own, asked over standard input; see protocol.ts. */

/** Steps before anything is timed: kernels get compiled, and their result is judged. */
const WARM_UP = 4;
const PRODUCT_TOLERANCE = 1e-4;

const [name, mnist] = process.argv.slice(2);
const { module, backend } = CONTESTANTS[name];
let contestant: Contestant;
let work: Work | undefined;
let steps = 1;

/** The library is loaded when it is first needed, so that loading can be timed. */
async function open(): Promise<Contestant> {
  const { open } = (await import(/* @vite-ignore */ new URL(`./${module}.mjs`, import.meta.url).href)) as {
    open(backend: BackendName): Promise<Contestant>;
  };
  return open(backend);
}

/** How far a contestant is after its first steps: all must agree. */
async function prepare(jobName: string): Promise<Prepared> {
  const job = JOBS[jobName];
  if (job.kind === "product") {
    const [a, b] = matrices(job.size);
    work = await contestant.multiply(job.size, a, b);
    await work.run(1);
    const error = productError(job.size, a, b, (await work.result())[0]);
    if (!(error < PRODUCT_TOLERANCE)) throw new Error(`the product is wrong: error ${error}`);
    return {};
  }
  if (job.kind === "many") return prepareMany(job);
  const task = trainingTask(job as TrainingJob, mnist);
  const { batch, rows, features, labels } = task;
  if (job.kind === "forward") {
    if (!contestant.predict) throw new Error("this library isn't driven for forward passes");
    work = await contestant.predict(task);
    await work.run(WARM_UP);
    return { loss: judgeLogits((await work.result())[0], labels.subarray(0, batch)).loss };
  }
  work = await contestant.train(task);
  await work.run(WARM_UP);
  const some = { features: features.subarray(0, (features.length / rows) * batch), labels: labels.subarray(0, batch) };
  return { loss: judge(task, await work.result(), some).loss };
}

/** The mean loss of all models after their first steps; libraries that have no batches are not judged. */
async function prepareMany(job: ManyJob): Promise<Prepared> {
  if (!contestant.trainMany) return { leftOut: "isn't driven with many models" };
  const task = trainingTask(job, mnist);
  const { batch, rows, features, labels } = task;
  work = await contestant.trainMany(task, manyParameters(job));
  await work.run(WARM_UP);
  const all = await work.result();
  const each = all.length / job.models;
  if (each === 0) return {};
  const some = { features: features.subarray(0, (features.length / rows) * batch), labels: labels.subarray(0, batch) };
  const losses = Array.from({ length: job.models }, (_, model) => {
    return judge(task, all.slice(model * each, (model + 1) * each), some).loss;
  });
  return { loss: losses.reduce((sum, loss) => sum + loss, 0) / job.models };
}

/** Trains all models again until so long has passed, as calibrating does for other jobs. @returns steps of the whole job */
async function warmUp({ epochs, rows, batch }: ManyJob, milliseconds: number): Promise<number> {
  const whole = (epochs * rows) / batch;
  for (let spent = 0; spent < milliseconds; ) spent += (await work!.run(whole)).milliseconds;
  return whole;
}

/** How many steps take about so long. */
async function calibrate(milliseconds: number): Promise<number> {
  for (let tried = 1; ; ) {
    const timing = await work!.run(tried);
    const perStep = timing.milliseconds / timing.steps;
    if (timing.milliseconds >= milliseconds / 4 || timing.steps < tried) {
      return Math.max(1, Math.round(milliseconds / perStep));
    }
    tried = Math.max(tried + 1, Math.min(tried * 8, Math.round(milliseconds / 2 / perStep)));
  }
}

/** Per step: what twice the steps cost more. Setting up and reading back at the end drop out. */
async function count(): Promise<Counted> {
  const { COUNTED, counting } = await import("./counts.js");
  const half = Math.max(1, Math.floor(steps / 2));
  let [few, many] = [0, 0];
  const once = await counting(async () => {
    few = (await work!.run(half)).steps;
  });
  const twice = await counting(async () => {
    many = (await work!.run(2 * half)).steps;
  });
  if (many <= few) return null;
  return Object.fromEntries(COUNTED.map((name) => [name, (twice[name] - once[name]) / (many - few)])) as Counts;
}

/** Accuracy on MNIST's test part after one epoch of its training part. */
async function check(): Promise<Checked> {
  if (!hasMnist(mnist)) throw new Error(`there is no MNIST in ${mnist}; give its folder with --mnist`);
  const task = trainingTask(CHECK, mnist);
  const training = await contestant.train(task);
  const { milliseconds } = await training.run(CHECK.rows / CHECK.batch);
  const { accuracy } = judge(CHECK, await training.result(), readMnist(mnist, "t10k", 10_000));
  training.dispose();
  return { accuracy, milliseconds };
}

async function answer(request: Request): Promise<unknown> {
  switch (request.ask) {
    case "first step": {
      const job = JOBS["mnist-64"] as TrainingJob;
      const task = trainingTask({ ...job, rows: job.batch }, mnist);
      const started = performance.now();
      contestant = await open();
      await (await contestant.train(task)).run(1);
      return { milliseconds: performance.now() - started };
    }
    case "open":
      contestant = await open();
      return { description: contestant.description } satisfies Opened;
    case "prepare": {
      const prepared = await prepare(request.job);
      const job = JOBS[request.job];
      if (prepared.leftOut) return prepared;
      steps = job.kind === "many" ? await warmUp(job, request.milliseconds) : await calibrate(request.milliseconds);
      return prepared;
    }
    case "run":
      return work!.run(steps);
    case "count":
      return backend === "webgpu" ? count() : null;
    case "dispose":
      work?.dispose();
      work = undefined;
      return {};
    case "check":
      return check();
  }
}

const say = (message: object) => process.stdout.write(`${MARK}${JSON.stringify(message)}\n`);

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say({ answer: await answer(JSON.parse(line) as Request) });
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String((error as { message?: unknown })?.message ?? error) });
  }
}
process.exit(0);
