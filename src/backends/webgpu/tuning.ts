import type { Launch, Plan } from "../../compile/plan.js";
import { STEP_BYTES } from "../../compile/steps.js";
import { crc32c } from "../../core/crc.js";
import { sizeOf } from "../../core/shape.js";
import type { Walk } from "../../graph/walk.js";
import { plainWalks } from "../../ops/matmul.js";
import type { ProductKernel } from "../options.js";
import type { TuningCache } from "../platform.js";
import type { Completion } from "./completion.js";
import { type Candidate, contest } from "./contest.js";
import { STORAGE, UNIFORM } from "./flags.js";
import type { AdapterRequest } from "./matmul-features.js";
import type { ChooseMatmul, MatmulProblem } from "./matmul-kernels.js";
import type { Pipelines } from "./pipelines.js";
import type { PlansOn } from "./plan-tuning.js";

/** The version of measurements: raised when kernels change so much that old ones mislead. */
const VERSION = 1;
/** The largest product to measure, in bytes: larger ones would take the training's memory. */
const MAX_BYTES = 2 ** 28;
/** The longest inner dimension on which the naive kernel is tried. */
const MAX_NAIVE_INNER = 32;

/** How products read patches of images: where these lie, or laid out by a launch of its own. */
const LAYOUTS = ["walked", "laid"] as const;
type Layout = (typeof LAYOUTS)[number];

/** Outcomes by the names of products and, after this word, of plans. */
type Choices = Map<string, ProductKernel | Layout>;
const PLAN = "plan ";

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
    return this.choices.get(keyOf(problem)) as ProductKernel | undefined;
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
    if (found) await this.#save();
  }

  /**
   * Measures a plan whose products walk over patches beside one that lays them out, unless that is known.
   *
   * @param plans - of one graph: the one that walks first
   */
  async fastest(plans: readonly Plan[], on: PlansOn): Promise<Plan> {
    const name = PLAN + nameOf(plans[1]);
    if (!this.choices.has(name)) {
      const { fastestPlan } = await import("./plan-tuning.js");
      const place = await fastestPlan(plans, on);
      if (place === undefined) return plans[0];
      if (!this.choices.has(name)) this.choices.set(name, LAYOUTS[place]); // the first of several outcomes
      await this.#save();
    }
    return plans[LAYOUTS.indexOf(this.choices.get(name) as Layout)];
  }

  async #save(): Promise<void> {
    const { adapter, cache } = this.options;
    const all = await readCache(this.options); // another process may have written meanwhile
    const adapters = { ...all, [adapter]: { ...all[adapter], ...Object.fromEntries(this.choices) } };
    await cache.write(JSON.stringify({ version: VERSION, adapters }, undefined, 1)).catch(() => {});
  }
}

/** A plan's name: of its launches and their shapes. */
const nameOf = ({ launches }: Plan): string => {
  const shapes = launches.map(({ op, inputs, output, results }) => [
    ...[op, inputs.map(({ shape }) => shape)],
    output?.shape ?? results?.map(({ shape }) => shape),
  ]);
  return `${crc32c(new TextEncoder().encode(JSON.stringify(shapes))).toString(16)} of ${launches.length} launches`;
};

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
    return await contest(candidates, on.completion);
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

/** Makes kernels ready to run on memory of their own. @param buffers - takes the memory, to be freed */
async function candidatesFor(
  launch: Launch,
  kernels: readonly (readonly [ProductKernel, ChooseMatmul])[],
  { device, pipelines, completion }: MeasuredOn,
  buffers: GPUBuffer[],
): Promise<Candidate<ProductKernel>[]> {
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
      return { way: kernel, run, least: Number.POSITIVE_INFINITY };
    }),
  );
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
}: Required<TunerOptions>): Promise<Record<string, Record<string, ProductKernel | Layout>>> {
  try {
    const { version, adapters } = JSON.parse((await cache.read()) ?? "{}");
    if (version !== VERSION) return {};
    const known = (entry: [string, unknown]): entry is [string, ProductKernel | Layout] =>
      entry[0].startsWith(PLAN) ? LAYOUTS.includes(entry[1] as Layout) : kernels.has(entry[1] as ProductKernel);
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
