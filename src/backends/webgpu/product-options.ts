import type { AdapterSummary, BackendOptions, ProductKernel } from "../backend.js";
import type { further } from "./kernel.js";
import type { Product, ProductChoice, ProductSource, productKernelFor, productKernels } from "./products.js";
import type { Notebook } from "./tuning.js";

/*
 * What the options `products`, `precision` and `experimental` make of an adapter, loaded where one is given; it is handed
 * what it takes of the modules that are always there, so that it is all that is loaded.
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
  notebook?: Notebook;
}

/** What the device is asked for, and how it makes products; or why it can't. */
interface ProductOptions {
  features: GPUFeatureName[];
  choice?: ProductChoice;
  problem?: string;
}

export async function productOptions(request: Request): Promise<ProductOptions> {
  const { gpu, adapter, summary, options, kernels, kernelFor, further } = request;
  const { products = "auto", precision = "f32", experimental = [] } = options;
  const half = precision === "f16";
  const matrices = experimental.includes("subgroupMatrices");
  const has = (feature: GPUFeatureName) => adapter.features.has(feature);
  const subgroups = has("subgroups") && gpu.wgslLanguageFeatures.has("subgroup_id");

  const problem = (text: string) => ({ features: [], problem: `The GPU adapter ${summary.description} ${text}` });
  if (half && !has("shader-f16")) {
    return problem('has no half precision (shader-f16). Leave out precision: "f16".');
  }
  if (products === "splitSubgroups" && !subgroups) {
    return problem('has no subgroups (the WebGPU features subgroups and subgroup_id). Use products: "split".');
  }
  const sizes = matrices ? matrixSizes(adapter) : [];
  const size = sizes.find(({ componentType }) => componentType === precision);
  if (matrices && !(subgroups && has(MATRICES))) {
    return problem(
      `has no subgroup matrices (${MATRICES}, in Chrome with --enable-unsafe-webgpu). ` +
        'Leave out experimental: ["subgroupMatrices"].',
    );
  }
  if (matrices && !size) {
    const others = sizes.map(({ componentType }) => componentType);
    const remedy = others.length > 0 ? `Use precision: "${others[0]}"` : 'Leave out experimental: ["subgroupMatrices"]';
    return problem(`has no subgroup matrices of ${precision} with sums in f32 of a size that is supported. ${remedy}.`);
  }

  const features: [GPUFeatureName, extension: string][] = [];
  if (half) features.push(["shader-f16", "f16"]);
  if (matrices || products === "splitSubgroups" || (products === "tuned" && subgroups)) {
    features.push(["subgroups", "subgroups"]);
  }
  if (matrices) features.push([MATRICES, "chromium_experimental_subgroup_matrix"]);
  const asked = features.map(([feature]) => feature);
  const head = [...features.map(([, extension]) => `enable ${extension};`), `alias Operand = ${precision};`].join("\n");

  const sources = new Map<ProductKernel, ProductChoice["source"]>();
  const add = (name: ProductKernel, source: ProductChoice["source"], constants = "") =>
    sources.set(name, (product) => ({ ...source(product), head: head + constants }));
  for (const [name, source] of Object.entries(kernels)) add(name as ProductKernel, source);
  if (asked.includes("subgroups")) {
    add("splitSubgroups", (product) => ({ ...kernels.split(product), shader: further("matmulSplitSubgroups") }));
  }
  if (size) {
    const { constants, ...source } = subgroupMatrices(size, adapter.info);
    const shader = further("matmulSubgroupMatrices");
    add("subgroupMatrices", (product) => ({ ...source, shader, constants: layoutOf(product) }), `\n${constants}`);
  }

  /** By sizes alone, as without options; matrices, which were asked for, where results are many. */
  const bySize = (product: Product): ProductKernel => {
    const kernel = kernelFor(product, summary.software);
    return matrices && kernel.startsWith("tiled") ? "subgroupMatrices" : kernel;
  };
  const source = (product: Product) => {
    const name = products === "auto" || products === "tuned" ? (tuner?.choice(product) ?? bySize(product)) : products;
    return sources.get(name)!(product);
  };
  const tuner = products === "tuned" ? await openTuner(request, sources) : undefined;
  return { features: asked, choice: { source, prepare: tuner && ((all, backend) => tuner.tune(all, backend)) } };
}

async function openTuner(
  { summary, options, stepBytes, notebook }: Request,
  kernels: ReadonlyMap<ProductKernel, ProductChoice["source"]>,
) {
  const { Tuner, browserNotebook } = await import("./tuning.js");
  const { vendor, architecture, description } = summary;
  const { precision = "f32", experimental = [] } = options;
  const adapter = [vendor, architecture, description, ...(precision === "f32" ? [] : [precision]), ...experimental];
  return Tuner.open({ kernels, stepBytes, adapter: adapter.join(" "), notebook: notebook ?? browserNotebook });
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

const layoutOf = ({ transposeA, transposeB }: Product): ProductSource["constants"] => ({
  A_BY_ROW: Number(transposeA),
  B_BY_COLUMN: Number(!transposeB),
});
