import type { Launch } from "../../compile/plan.js";
import { STEP_BYTES } from "../../compile/steps.js";
import { sizeOf } from "../../core/shape.js";
import type { Walk } from "../../graph/walk.js";
import { plainWalks } from "../../ops/matmul.js";
import type { ProductKernel } from "../options.js";
import type { TuningCache } from "../platform.js";
import type { Completion } from "./completion.js";
import { STORAGE, UNIFORM } from "./flags.js";
import type { AdapterRequest } from "./matmul-features.js";
import type { ChooseMatmul, MatmulProblem } from "./matmul-kernels.js";
import type { Pipelines } from "./pipelines.js";

/** The version of measurements: raised when kernels change so much that old ones mislead. */
const VERSION = 1;
const FIRST_REPEATS = 4;
/** A kernel that takes this many times as long as the best isn't timed any further. */
const HOPELESS = 3;
/** A submit that takes this long hides its own cost; runs are repeated until then. */
const ENOUGH_MILLISECONDS = 4;
/** As many times as long as an idle queue takes to say so, where that is longer: an end is seen no more closely. */
const ENOUGH_WAITS = 10;
const MAX_REPEATS = 256;
const ROUNDS = 3;
/** The largest product to measure, in bytes: larger ones would take the training's memory. */
const MAX_BYTES = 2 ** 28;
/** The longest inner dimension on which the naive kernel is tried. */
const MAX_NAIVE_INNER = 32;

type Choices = Map<string, ProductKernel>;

/** Measurements of this process, by adapter: all devices of an adapter share them. */
const measured = new Map<string, Choices>();

/** The device that products are measured on. */
interface MeasuredOn {
  readonly device: GPUDevice;
  readonly pipelines: Pipelines;
  readonly completion: Completion;
}

export interface TunerOptions {
  kernels: ReadonlyMap<ProductKernel, ChooseMatmul>;
  /** The name under which measurements are remembered; see `adapterKey`. */
  adapter: string;
  /** The browser's storage where absent. */
  cache?: TuningCache;
}

/** The name under which an adapter's measurements are remembered: the adapter, its driver and the device's options. */
export function adapterKey({ summary, options }: AdapterRequest): string {
  const { vendor, architecture, description } = summary;
  const { precision = "f32", experimental = [] } = options;
  return [vendor, architecture, description, ...(precision === "f32" ? [] : [precision]), ...experimental].join(" ");
}

/** The browser's storage; empty elsewhere. */
const browserCache: TuningCache = {
  read: async () => globalThis.localStorage?.getItem("neuromotor products") ?? undefined,
  write: async (text) => globalThis.localStorage?.setItem("neuromotor products", text),
};

/** Chooses the kernels of products by timing each of them on the adapter, once for each kind of product. */
export class Tuner {
  private constructor(
    private readonly options: Required<TunerOptions>,
    private readonly choices: Choices,
  ) {}

  static async open({ cache = browserCache, ...others }: TunerOptions): Promise<Tuner> {
    const options = { cache, ...others };
    let choices = measured.get(options.adapter);
    if (!choices) {
      choices = new Map(Object.entries((await readCache(options))[options.adapter] ?? {}));
      measured.set(options.adapter, choices);
    }
    return new Tuner(options, choices);
  }

  /** The fastest kernel for a product, `undefined` where it wasn't measured. */
  choice(problem: MatmulProblem): ProductKernel | undefined {
    return this.choices.get(keyOf(problem));
  }

  /** Measures products that aren't known yet, and saves the results. */
  async tune(problems: readonly MatmulProblem[], on: MeasuredOn): Promise<void> {
    let found = false;
    for (const problem of problems) {
      const { batch, m, n, k } = problem;
      if (this.choices.has(keyOf(problem)) || 4 * batch * (m * k + k * n + m * n) > MAX_BYTES) continue;
      this.choices.set(keyOf(problem), await fastest(problem, this.options.kernels, on));
      found = true;
    }
    if (!found) return;
    const { adapter, cache } = this.options;
    const all = await readCache(this.options); // another process may have written meanwhile
    const adapters = { ...all, [adapter]: { ...all[adapter], ...Object.fromEntries(this.choices) } };
    await cache.write(JSON.stringify({ version: VERSION, adapters }, undefined, 1)).catch(() => {});
  }
}

/** A kernel under measurement: `run` returns the milliseconds of `repeats` products. */
interface Candidate {
  kernel: ProductKernel;
  run(repeats: number): Promise<number>;
  least: number;
}

/** Times each kernel on memory of its own, in turns; the least of its times counts. */
async function fastest(
  problem: MatmulProblem,
  kernels: ReadonlyMap<ProductKernel, ChooseMatmul>,
  on: MeasuredOn,
): Promise<ProductKernel> {
  const tried = [...kernels].filter(([name]) => name !== "naive" || problem.k <= MAX_NAIVE_INNER);
  const buffers: GPUBuffer[] = [];
  try {
    const candidates = await candidatesFor(bare(problem), tried, on, buffers);
    return await contest(candidates, Math.max(ENOUGH_MILLISECONDS, ENOUGH_WAITS * (await idleWait(on.completion))));
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

/** The milliseconds that an idle queue takes to say so. */
async function idleWait(completion: Completion): Promise<number> {
  await completion.done();
  const started = performance.now();
  await completion.done();
  return performance.now() - started;
}

/** Makes kernels ready to run on memory of their own. @param buffers - takes the memory, to be freed */
async function candidatesFor(
  launch: Launch,
  kernels: readonly (readonly [ProductKernel, ChooseMatmul])[],
  { device, pipelines, completion }: MeasuredOn,
  buffers: GPUBuffer[],
): Promise<Candidate[]> {
  const { label } = launch;
  const create = (size: number, usage: number) => {
    const buffer = device.createBuffer({ label, size, usage });
    buffers.push(buffer);
    return buffer;
  };
  const tensors = [...launch.inputs, launch.output!].map(({ shape }) => create(4 * sizeOf(shape), STORAGE));
  const step = device.createBindGroup({
    layout: pipelines.stepLayout,
    entries: [{ binding: 0, resource: { buffer: create(STEP_BYTES, UNIFORM) } }],
  });
  return Promise.all(
    kernels.map(async ([kernel, choose]) => {
      const { pipeline, bindings, workgroups } = await pipelines.get(launch, undefined, choose);
      const entries = tensors.map((buffer, binding) => ({ binding, resource: { buffer } }));
      const bound = device.createBindGroup({ layout: bindings, entries });
      const run = async (repeats: number) => {
        const encoder = device.createCommandEncoder({ label });
        const pass = encoder.beginComputePass({ label });
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, step, [0]);
        pass.setBindGroup(1, bound);
        for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(workgroups[0], workgroups[1]);
        pass.end();
        const started = performance.now();
        device.queue.submit([encoder.finish()]);
        await completion.done();
        return performance.now() - started;
      };
      return { kernel, run, least: Number.POSITIVE_INFINITY };
    }),
  );
}

/**
 * The fastest of some kernels; those that are far behind at first aren't run again.
 *
 * @param enough - milliseconds that a run takes which is measured well
 */
async function contest(candidates: readonly Candidate[], enough: number): Promise<ProductKernel> {
  const time = async (contestants: readonly Candidate[], repeats: number) => {
    for (const each of contestants) each.least = await each.run(repeats);
    return Math.min(...contestants.map(({ least }) => least));
  };
  await time(candidates, 1); // the first run pays for what is done only once
  const least = await time(candidates, FIRST_REPEATS);
  const close = candidates.filter((candidate) => candidate.least < HOPELESS * least);
  if (close.length === 1) return close[0].kernel;
  let repeats = FIRST_REPEATS;
  while ((await time(close, repeats)) < enough && repeats < MAX_REPEATS) repeats *= 4;
  for (let round = 1; round < ROUNDS; round++) {
    for (const candidate of close) candidate.least = Math.min(candidate.least, await candidate.run(repeats));
  }
  return close.reduce((best, candidate) => (candidate.least < best.least ? candidate : best)).kernel;
}

const keyOf = ({ batch, m, n, k, aByRow, bByColumn }: MatmulProblem) =>
  `${batch} x ${m} x ${k}${aByRow ? "t" : ""} x ${n}${bByColumn ? "" : "t"}`;

/** The product alone, of matrices that lie one after the other. */
function bare(problem: MatmulProblem): Launch {
  const { batch, m, n, k, aByRow, bByColumn } = problem;
  const argument = (buffer: number, rows: number, columns: number) => ({
    buffer,
    shape: [batch, rows, columns],
    dtype: "f32" as const,
  });
  const walk = (own: number, isByOwn: boolean): Walk => ({
    batch: [{ size: batch, stride: own * k }],
    own: [{ size: own, stride: isByOwn ? 1 : k }],
    inner: [{ size: k, stride: isByOwn ? own : 1 }],
    bounds: [],
  });
  const { y } = plainWalks([batch, m, k], [batch, k, n]);
  return {
    op: "matmul",
    label: `tuning ${keyOf(problem)}`,
    attributes: { walks: { a: walk(m, aByRow), b: walk(n, bByColumn), y } },
    inputs: [argument(0, m, k), argument(1, k, n)],
    writes: [],
    output: argument(2, m, n),
  };
}

/** Saved measurements, by adapter; empty where they can't be read or aren't ours. */
async function readCache({
  cache,
  kernels,
}: Required<TunerOptions>): Promise<Record<string, Record<string, ProductKernel>>> {
  try {
    const { version, adapters } = JSON.parse((await cache.read()) ?? "{}");
    if (version !== VERSION) return {};
    const known = (entry: [string, unknown]): entry is [string, ProductKernel] =>
      kernels.has(entry[1] as ProductKernel);
    return Object.fromEntries(
      Object.entries(adapters as Record<string, Record<string, unknown>>).map(([adapter, choices]) => [
        adapter,
        Object.fromEntries(Object.entries(choices).filter(known)),
      ]),
    );
  } catch {
    return {};
  }
}
