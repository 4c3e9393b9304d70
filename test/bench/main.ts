import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatTable } from "../../src/core/table.js";
import { Child } from "./child-process.js";
import { CONTESTANTS, type Timing } from "./contestant.js";
import { COUNTED, type Counts } from "./counts.js";
import { JOBS, type Job } from "./jobs.js";
import type { Checked, Counted, Opened, Prepared } from "./protocol.js";

/** Jobs that need the sources: what a page loads, and how it answers while it trains. */
const SOURCE_JOBS = ["size", "responsiveness"];
/** Run only when they are named. */
const LONG_JOBS = ["product-2048", "responsiveness"];

const HELP = `Times neuromotor beside its peers and prints a table for each job.

  --jobs A,B      which jobs: ${[...Object.keys(JOBS), ...SOURCE_JOBS].join(", ")}
                  (default: all but ${LONG_JOBS.join(" and ")})
  --only A,B      which contestants: ${Object.keys(CONTESTANTS).join(", ")}
                  (default: all but Python's)
  --rounds N      timed rounds, alternating over the contestants; the figure is their median (3)
  --seconds S     how long a round should take (1.5)
  --mnist DIR     folder of the MNIST files (../shared/data/mnist); synthetic data where it is missing
  --check         instead: accuracy after one epoch of MNIST at batch 64; about 96 % for all
  --bundle DIR    instead: write everything as JavaScript that runs with \`node DIR/bench.mjs\` and the package webgpu
  --help`;

const SOFTWARE = /swiftshader|llvmpipe/i;
/** A software adapter's products are left out from here on: they take seconds each. */
const LARGEST_SOFTWARE_PRODUCT = 512;
/** Losses after the first steps may differ by so much of their value before a contestant is called wrong. */
const LOSS_TOLERANCE = 0.01;
const PREPARE_SECONDS = 120;
const RUN_SECONDS = 60;
const CHECK_SECONDS = 1200;

interface Options {
  contestants: string[];
  jobs: string[];
  rounds: number;
  seconds: number;
  mnist: string;
}

interface Outcome {
  name: string;
  /** Milliseconds a step, of each round. */
  times: number[];
  loss?: number;
  counts?: Counts;
  failure?: string;
  leftOut?: string;
}

/** Runs the benchmarks. @param fromSources - jobs that a machine without the sources can't run, by name */
export async function bench(args: string[], fromSources: Record<string, () => Promise<string>> = {}): Promise<void> {
  const options = read(args);
  if (!options) return;
  const { contestants, jobs, mnist } = options;
  console.log(`Node.js ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${new Date().toISOString()}`);
  const children = new Children(contestants, mnist);
  try {
    if (args.includes("--check")) return await check(children, contestants);
    for (const name of jobs) {
      if (SOURCE_JOBS.includes(name)) {
        if (fromSources[name]) console.log(`\n${await fromSources[name]()}`);
        continue;
      }
      const job = JOBS[name];
      const outcomes =
        job.kind === "first step" ? await firstSteps(options) : await alternate(children, name, job, options);
      console.log(`\n${report(job, outcomes)}`);
    }
    console.log(`\n${children.descriptions().join("\n")}`);
  } finally {
    await children.stop();
  }
}

function read(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      jobs: { type: "string" },
      only: { type: "string" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "1.5" },
      mnist: { type: "string", default: "../shared/data/mnist" },
      check: { type: "boolean" },
      bundle: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return undefined;
  }
  const known = (list: string, names: string[]) =>
    list.split(",").map((name) => {
      if (!names.includes(name)) throw new Error(`There is no "${name}"; choose from ${names.join(", ")}.`);
      return name;
    });
  const positive = (option: "rounds" | "seconds") => {
    const number = Number(values[option]);
    if (!(number > 0)) throw new Error(`--${option} must be a positive number, got ${values[option]}.`);
    return number;
  };
  const all = [...Object.keys(JOBS), ...SOURCE_JOBS];
  return {
    contestants: values.only
      ? known(values.only, Object.keys(CONTESTANTS))
      : Object.keys(CONTESTANTS).filter((name) => CONTESTANTS[name].module !== "python"),
    jobs: values.jobs ? known(values.jobs, all) : all.filter((name) => !LONG_JOBS.includes(name)),
    rounds: Math.ceil(positive("rounds")),
    seconds: positive("seconds"),
    mnist: resolve(values.mnist),
  };
}

/** One idle process per contestant. One that failed is stopped and started anew for the next job. */
class Children {
  readonly #running = new Map<string, Child>();
  readonly #descriptions = new Map<string, string>();

  constructor(
    private readonly names: readonly string[],
    private readonly mnist: string,
  ) {}

  /** @throws Error when the contestant doesn't open */
  async get(name: string): Promise<{ child: Child; description: string }> {
    let child = this.#running.get(name);
    if (!child?.alive) {
      child = await Child.start(name, this.mnist);
      this.#running.set(name, child);
      this.#descriptions.set(name, (await child.ask<Opened>({ ask: "open" }, PREPARE_SECONDS)).description);
    }
    return { child, description: this.#descriptions.get(name)! };
  }

  async drop(name: string): Promise<void> {
    await this.#running.get(name)?.stop();
    this.#running.delete(name);
  }

  descriptions(): string[] {
    return this.names.flatMap((name) => this.#descriptions.get(name) ?? []);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((child) => child.stop()));
  }
}

/** Gets every contestant ready, then times them in turn, round after round, and counts what a step asks of WebGPU. */
async function alternate(children: Children, name: string, job: Job, options: Options): Promise<Outcome[]> {
  const outcomes = options.contestants.map((contestant): Outcome => ({ name: contestant, times: [] }));
  const each = (what: string, work: (outcome: Outcome, child: Child) => Promise<void>) =>
    forEach(outcomes, what, async (outcome) => {
      try {
        const { child, description } = await children.get(outcome.name);
        if (job.kind === "product" && job.size > LARGEST_SOFTWARE_PRODUCT && SOFTWARE.test(description)) {
          outcome.leftOut = "left out on a software adapter";
          return;
        }
        await work(outcome, child);
      } catch (error) {
        outcome.failure = (error as Error).message;
        await children.drop(outcome.name);
      }
    });
  await each(`${name}: preparing`, async (outcome, child) => {
    const milliseconds = options.seconds * 1000;
    const prepared = await child.ask<Prepared>({ ask: "prepare", job: name, milliseconds }, PREPARE_SECONDS);
    Object.assign(outcome, prepared);
  });
  for (let round = 1; round <= options.rounds; round++) {
    await each(`${name}: round ${round}`, async (outcome, child) => {
      const { steps, milliseconds } = await child.ask<Timing>({ ask: "run" }, RUN_SECONDS);
      outcome.times.push(job.kind === "many" ? milliseconds : milliseconds / steps);
    });
  }
  await each(`${name}: counting`, async (outcome, child) => {
    outcome.counts = (await child.ask<Counted>({ ask: "count" }, RUN_SECONDS * 2)) ?? undefined;
    await child.ask({ ask: "dispose" }, RUN_SECONDS);
  });
  return outcomes;
}

/** Each round a fresh process for each contestant, stopped afterwards. */
async function firstSteps({ contestants, rounds, mnist }: Options): Promise<Outcome[]> {
  const outcomes = contestants.map((name): Outcome => ({ name, times: [] }));
  for (let round = 1; round <= rounds; round++) {
    await forEach(outcomes, `first-step: round ${round}`, async (outcome) => {
      let child: Child | undefined;
      try {
        child = await Child.start(outcome.name, mnist);
        const { milliseconds } = await child.ask<Timing>({ ask: "first step" }, PREPARE_SECONDS);
        outcome.times.push(milliseconds);
      } catch (error) {
        outcome.failure = (error as Error).message;
      } finally {
        await child?.stop();
      }
    });
  }
  return outcomes;
}

async function check(children: Children, contestants: readonly string[]): Promise<void> {
  for (const name of contestants) {
    let result: string;
    try {
      const { child } = await children.get(name);
      const { accuracy, milliseconds } = await child.ask<Checked>({ ask: "check" }, CHECK_SECONDS);
      result = `${(accuracy * 100).toFixed(2)} % after one epoch (${(milliseconds / 1000).toFixed(1)} s)`;
    } catch (error) {
      result = `FAILED: ${(error as Error).message}`;
    }
    await children.drop(name);
    console.log(`${name.padEnd(20)}${result}`);
  }
}

/** One after the other, those that haven't failed; the others are idle meanwhile. */
async function forEach(outcomes: Outcome[], what: string, work: (outcome: Outcome) => Promise<void>): Promise<void> {
  for (const outcome of outcomes) {
    if (outcome.failure || outcome.leftOut) continue;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}, ${outcome.name} ...`);
    await work(outcome);
  }
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

function report(job: Job, outcomes: readonly Outcome[]): string {
  const base = outcomes[0];
  const loss = median(outcomes.flatMap((outcome) => outcome.loss ?? []));
  const isRate = job.kind !== "first step" && job.kind !== "many";
  const unit = job.kind === "product" ? "GFLOP/s" : "steps/s";
  const counted = outcomes.some(({ counts }) => counts);
  const header = [
    job.title,
    isRate ? "ms/step" : "ms",
    "range",
    ...(isRate ? [unit] : []),
    `vs ${base.name}`,
    ...(counted ? ["dispatches", "submits", "bind groups", "writes", "buffers"] : []),
  ];
  const isTimed = ({ failure, leftOut }: Outcome) => !failure && !leftOut;
  const rows = outcomes.filter(isTimed).map((outcome) => {
    const { name, times, counts } = outcome;
    const time = median(times);
    const rate = job.kind === "product" ? (2 * job.size ** 3) / time / 1e6 : 1000 / time;
    const wrong = outcome.loss !== undefined && !(Math.abs(outcome.loss - loss) <= LOSS_TOLERANCE * loss);
    return [
      wrong ? `${name} (WRONG: loss ${outcome.loss?.toFixed(4)}, others ${loss.toFixed(4)})` : name,
      short(time),
      `${short(Math.min(...times))} to ${short(Math.max(...times))}`,
      ...(isRate ? [short(rate)] : []),
      !isTimed(base) ? "" : `${short(time / median(base.times))} x`,
      ...(counted ? COUNTED.map((key) => (counts ? short(counts[key]) : "")) : []),
    ];
  });
  const numeric = header.map((_, i) => i).slice(1);
  const others = outcomes
    .filter((outcome) => !isTimed(outcome))
    .map(({ name, failure, leftOut }) => `${name}  ${leftOut ?? `FAILED: ${failure}`}`);
  return [formatTable([header, ...rows], numeric), ...others].join("\n");
}

/** Three digits, or whole numbers beyond. */
function short(value: number): string {
  if (value === 0 || value >= 99.95) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 9.995 ? 1 : value >= 0.0995 ? 2 : 4);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
