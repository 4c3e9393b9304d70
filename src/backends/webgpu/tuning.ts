import type { Launch } from "../../compile/plan.js";
import type { ProductKernel } from "../backend.js";
import type { TuningCache } from "../platform.js";
import type { Product, ProductChoice } from "./products.js";

/** To be raised when the kernels change so much that old measurements mislead. */
const VERSION = 1;
const FIRST_REPEATS = 4;
/** A kernel that takes so many times as long as the best isn't timed any further. */
const HOPELESS = 3;
/** So many runs to a submit that its own cost doesn't count. */
const ENOUGH_MILLISECONDS = 4;
const MAX_REPEATS = 256;
const ROUNDS = 3;
/** Larger products than this are not measured: their memory is needed for the training itself. */
const MAX_BYTES = 2 ** 28;

type Backend = Parameters<NonNullable<ProductChoice["prepare"]>>[1];
type Choices = Map<string, ProductKernel>;

/** What was measured in this process, by adapter: every device of it goes by the same choices. */
const measured = new Map<string, Choices>();

/** What a tuner works with: given to it, so that a page that doesn't tune loads nothing of this module. */
export interface TunerHost {
  kernels: ReadonlyMap<ProductKernel, ProductChoice["source"]>;
  /** Size of a step's record. */
  stepBytes: number;
  /** Names the adapter, its driver and what it was told: what was measured is remembered under this. */
  adapter: string;
  cache?: TuningCache;
}

/** The browser's storage; elsewhere nothing is kept. */
export const browserCache: TuningCache = {
  read: async () => globalThis.localStorage?.getItem("neuromotor products") ?? undefined,
  write: async (text) => globalThis.localStorage?.setItem("neuromotor products", text),
};

/** Chooses the kernels of products by timing each of them on the adapter, once for each kind of product. */
export class Tuner {
  private constructor(
    private readonly host: TunerHost,
    private readonly choices: Choices,
  ) {}

  static async open(host: TunerHost): Promise<Tuner> {
    let choices = measured.get(host.adapter);
    if (!choices) {
      choices = new Map(Object.entries((await notes(host))[host.adapter] ?? {}));
      measured.set(host.adapter, choices);
    }
    return new Tuner(host, choices);
  }

  /** The fastest kernel for a product, `undefined` where it wasn't measured. */
  choice(product: Product): ProductKernel | undefined {
    return this.choices.get(keyOf(product));
  }

  /** Measures those products that are not known yet, and writes down what was found. */
  async tune(products: readonly Product[], backend: Backend): Promise<void> {
    let found = false;
    for (const product of products) {
      const { batch, m, n, k } = product;
      if (this.choices.has(keyOf(product)) || 4 * batch * (m * k + k * n + m * n) > MAX_BYTES) continue;
      this.choices.set(keyOf(product), await this.#fastest(product, backend));
      found = true;
    }
    if (!found) return;
    const { adapter, cache } = this.host;
    const all = await notes(this.host); // another process may have written meanwhile
    const adapters = { ...all, [adapter]: { ...all[adapter], ...Object.fromEntries(this.choices) } };
    await cache?.write(JSON.stringify({ version: VERSION, adapters }, undefined, 1)).catch(() => {});
  }

  /** Times each kernel on memory of its own, in turns; the least of its times counts. */
  async #fastest(product: Product, { device, pipelines }: Backend): Promise<ProductKernel> {
    const { kernels, stepBytes } = this.host;
    const launch = bare(product);
    const buffers: GPUBuffer[] = [];
    const create = (size: number, usage: number) => {
      const buffer = device.createBuffer({ label: launch.label, size, usage });
      buffers.push(buffer);
      return buffer;
    };
    try {
      const tensors = [...launch.inputs, launch.output!].map(({ shape }) =>
        create(4 * shape.reduce((size, axis) => size * axis, 1), STORAGE),
      );
      const step = device.createBindGroup({
        layout: pipelines.stepLayout,
        entries: [{ binding: 0, resource: { buffer: create(stepBytes, UNIFORM) } }],
      });
      const candidates = await Promise.all(
        [...kernels].map(async ([kernel, source]) => {
          const { pipeline, bindings, workgroups } = await pipelines.get(launch, source);
          const entries = tensors.map((buffer, binding) => ({ binding, resource: { buffer } }));
          const bound = device.createBindGroup({ layout: bindings, entries });
          const run = async (repeats: number) => {
            const encoder = device.createCommandEncoder({ label: launch.label });
            const pass = encoder.beginComputePass({ label: launch.label });
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, step, [0]);
            pass.setBindGroup(1, bound);
            for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(workgroups[0], workgroups[1]);
            pass.end();
            const started = performance.now();
            device.queue.submit([encoder.finish()]);
            await device.queue.onSubmittedWorkDone();
            return performance.now() - started;
          };
          return { kernel, run, least: Number.POSITIVE_INFINITY };
        }),
      );
      const time = async (contestants: typeof candidates, repeats: number) => {
        for (const each of contestants) each.least = await each.run(repeats);
        return Math.min(...contestants.map(({ least }) => least));
      };
      await time(candidates, 1); // the first run pays for what is done only once
      const least = await time(candidates, FIRST_REPEATS);
      const close = candidates.filter((candidate) => candidate.least < HOPELESS * least);
      if (close.length === 1) return close[0].kernel;
      let repeats = FIRST_REPEATS;
      while ((await time(close, repeats)) < ENOUGH_MILLISECONDS && repeats < MAX_REPEATS) repeats *= 4;
      for (let round = 1; round < ROUNDS; round++) {
        for (const candidate of close) candidate.least = Math.min(candidate.least, await candidate.run(repeats));
      }
      return close.reduce((best, candidate) => (candidate.least < best.least ? candidate : best)).kernel;
    } finally {
      for (const buffer of buffers) buffer.destroy();
    }
  }
}

// The flags of GPUBufferUsage, whose global Node doesn't have.
const STORAGE = 0x80;
const UNIFORM = 0x40;

const keyOf = ({ batch, m, n, k, transposeA, transposeB }: Product) =>
  `${batch} x ${m} x ${k}${transposeA ? "t" : ""} x ${n}${transposeB ? "t" : ""}`;

/** The product alone, of tensors that lie one after the other. */
function bare(product: Product): Launch {
  const { batch, m, n, k, transposeA, transposeB } = product;
  const argument = (buffer: number, ...shape: number[]) => ({
    buffer,
    shape: [batch, ...shape],
    dtype: "f32" as const,
  });
  return {
    op: "matmul",
    label: `tuning ${keyOf(product)}`,
    attributes: { transposeA, transposeB },
    inputs: [transposeA ? argument(0, k, m) : argument(0, m, k), transposeB ? argument(1, n, k) : argument(1, k, n)],
    writes: [],
    output: argument(2, m, n),
  };
}

/** What was written down, by adapter; nothing where it can't be read or isn't ours. */
async function notes({ cache, kernels }: TunerHost): Promise<Record<string, Record<string, ProductKernel>>> {
  try {
    const { version, adapters } = JSON.parse((await cache?.read()) ?? "{}");
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
