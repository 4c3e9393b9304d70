import type { AdapterSummary, BackendOptions, ProductKernel } from "../backend.js";
import type { TuningCache } from "../platform.js";
import type { further } from "./kernel.js";
import type { Product, ProductChoice, productKernelFor, productKernels } from "./products.js";

/*
 * How products are made on software adapters, and what the options `products`, `precision` and `experimental` make of any
 * adapter. Loaded there; it is handed what it takes of the modules that are always there, so that it is all that is loaded.
 */

interface Request {
  gpu: GPU;
  adapter: GPUAdapter;
  summary: AdapterSummary;
  options: BackendOptions;
  kernels: typeof productKernels;
  kernelFor: typeof productKernelFor;
  further: typeof further;
  /** Size of a step's record. */
  stepBytes: number;
  /** Where measurements are kept; the browser's storage where absent. */
  tuningCache?: TuningCache;
}

/** What the device is asked for, and how it makes products; or why it can't. */
interface ProductOptions {
  features: GPUFeatureName[];
  choice?: ProductChoice;
  problem?: string;
}

/** @returns what to ask the device for, and how it makes products, or else the problem */
export async function productOptions(request: Request): Promise<ProductOptions> {
  const { adapter, summary, options, kernels, kernelFor, further } = request;
  const { products = "auto", precision = "f32", experimental = [] } = options;
  const matrices = experimental.includes("subgroupMatrices");
  const sizes = matrices ? matrixSizes(adapter) : [];
  const problem = problemWith(request, sizes);
  if (problem) return { features: [], problem: `The GPU adapter ${summary.description} ${problem}` };

  const extensions = new Map<GPUFeatureName, string>();
  if (precision === "f16") extensions.set("shader-f16", "f16");
  const used = matrices || products === "quads" || products === "splitSubgroups";
  if (used || ((products === "tuned" || summary.software) && adapter.features.has("subgroups"))) {
    extensions.set("subgroups", "subgroups");
  }
  if (matrices) extensions.set(MATRICES, "chromium_experimental_subgroup_matrix");

  const head = [...[...extensions.values()].map((name) => `enable ${name};`), `alias Operand = ${precision};`].join(
    "\n",
  );
  const sources = new Map<ProductKernel, ProductChoice["source"]>();
  const add = (name: ProductKernel, source: ProductChoice["source"]) =>
    sources.set(name, (product) => ({ head, ...source(product) }));
  for (const [name, source] of Object.entries(kernels)) add(name as ProductKernel, source);
  add("direct", () => ({ shader: further("matmulDirect"), height: 16, width: 16 }));
  if (extensions.has("subgroups")) add("quads", () => ({ shader: further("matmulQuads"), height: 16, width: 16 }));
  if (extensions.has("subgroups") && hasSubgroupIds(request)) {
    add("splitSubgroups", (product) => ({ ...kernels.split(product), shader: further("matmulSplitSubgroups") }));
  }
  if (matrices) {
    const size = sizes.find(({ componentType }) => componentType === precision)!;
    const { constants, ...source } = subgroupMatrices(size, adapter.info);
    const shader = further("matmulSubgroupMatrices");
    add("subgroupMatrices", (product) => ({
      ...source,
      head: `${head}\n${constants}`,
      shader,
      constants: { A_BY_ROW: Number(product.transposeA), B_BY_COLUMN: Number(!product.transposeB) },
    }));
  }

  /** By sizes alone, so that the same program gives the same bits; matrices, which were asked for, where results are many. */
  const bySize = (product: Product): ProductKernel => {
    if (summary.software) return sources.has("quads") ? "quads" : "direct"; // barriers are dear, reads too
    const kernel = kernelFor(product);
    return matrices && kernel.startsWith("tiled") ? "subgroupMatrices" : kernel;
  };
  const tuner = products === "tuned" ? await openTuner(request, sources) : undefined;
  const kernelOf = (product: Product) =>
    products === "auto" || products === "tuned" ? (tuner?.choice(product) ?? bySize(product)) : products;
  return {
    features: [...extensions.keys()],
    choice: {
      source: (product) => sources.get(kernelOf(product))!(product),
      prepare: tuner && ((all, backend) => tuner.tune(all, backend)),
    },
  };
}

const hasSubgroupIds = ({ gpu, adapter }: Request) =>
  adapter.features.has("subgroups") && !!gpu.wgslLanguageFeatures?.has("subgroup_id");

/** What the adapter lacks that was asked for, and what to do. */
function problemWith(request: Request, sizes: readonly MatrixSize[]): string | undefined {
  const { features } = request.adapter;
  const { products, precision = "f32", experimental = [] } = request.options;
  if (precision === "f16" && !features.has("shader-f16")) {
    return 'has no half precision (shader-f16). Leave out precision: "f16".';
  }
  if (products === "quads" && !features.has("subgroups")) {
    return 'has no subgroups (the WebGPU feature subgroups). Use products: "direct".';
  }
  if (products === "splitSubgroups" && !hasSubgroupIds(request)) {
    return 'has no subgroups (the WebGPU features subgroups and subgroup_id). Use products: "split".';
  }
  if (!experimental.includes("subgroupMatrices")) return undefined;
  if (!hasSubgroupIds(request) || !features.has(MATRICES)) {
    const flag = "in Chrome only with --enable-unsafe-webgpu";
    return `has no subgroup matrices (${MATRICES}, ${flag}). Leave out experimental: ["subgroupMatrices"].`;
  }
  const types = sizes.map(({ componentType }) => componentType);
  if (types.includes(precision)) return undefined;
  const remedy = types.length > 0 ? `Use precision: "${types[0]}"` : 'Leave out experimental: ["subgroupMatrices"]';
  return `has no subgroup matrices of ${precision} with sums in f32, of a size that is supported. ${remedy}.`;
}

async function openTuner(
  { summary, options, stepBytes, tuningCache }: Request,
  kernels: ReadonlyMap<ProductKernel, ProductChoice["source"]>,
) {
  const { Tuner, browserCache } = await import("./tuning.js");
  const { vendor, architecture, description } = summary;
  const { precision = "f32", experimental = [] } = options;
  const adapter = [vendor, architecture, description, ...(precision === "f32" ? [] : [precision]), ...experimental];
  return Tuner.open({ kernels, stepBytes, adapter: adapter.join(" "), cache: tuningCache ?? browserCache });
}

/** The names that WebGPU's types don't have yet. */
const MATRICES = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

interface MatrixSize {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
}

/** Those sizes that the kernel takes: sums in f32, tiles that fit into workgroup memory; the largest first. */
function matrixSizes({ info }: GPUAdapter): MatrixSize[] {
  const { subgroupMatrixConfigs = [] } = info as { subgroupMatrixConfigs?: Iterable<MatrixSize> };
  return [...subgroupMatrixConfigs]
    .filter(
      ({ componentType, resultComponentType, M, N, K }) =>
        ["f32", "f16"].includes(componentType) &&
        resultComponentType === "f32" &&
        [M, N].every((side) => side % 4 === 0) &&
        [4, 8, 16, 32].includes(K) &&
        4 * (M + N) * Math.max(K, 16) * (componentType === "f32" ? 4 : 2) + 4 * M * N * 4 <= MAX_WORKGROUP_BYTES,
    )
    .sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K);
}

/** What every WebGPU implementation outside compatibility mode gives a workgroup. */
const MAX_INVOCATIONS = 256;
const MAX_WORKGROUP_BYTES = 16384;

function subgroupMatrices({ M, N, K }: MatrixSize, { subgroupMaxSize }: GPUAdapterInfo) {
  const strips = Math.min(4, Math.floor(MAX_INVOCATIONS / subgroupMaxSize));
  const values = { ROWS: M, COLUMNS: N, DEPTH: K, STRIPS: strips, LANES: strips * subgroupMaxSize };
  return {
    height: strips * M,
    width: 4 * N,
    constants: Object.entries(values)
      .map(([name, value]) => `const ${name} = ${value}u;`)
      .join("\n"),
  };
}
