import directShader from "../../../shaders/matmul-direct.wgsl";
import quadsShader from "../../../shaders/matmul-quads.wgsl";
import splitSubgroupsShader from "../../../shaders/matmul-split-subgroups.wgsl";
import subgroupMatricesShader from "../../../shaders/matmul-subgroup-matrices.wgsl";
import type { ProductKernel } from "../options.js";
import type { TuningCache } from "../platform.js";
import { glue } from "./glue.js";
import { type AdapterRequest, checkFeatures, hasSubgroupIds, MATRICES, type MatrixSize } from "./matmul-features.js";
import {
  type ChooseMatmul,
  type MatmulKernel,
  type MatmulProblem,
  matmulKernelFor,
  matmulKernels,
  type OperandType,
  operands,
  splitKernel,
  TINY_INNER,
  tiles,
} from "./matmul-kernels.js";
import type { Tuner } from "./tuning.js";

/*
 * The special kernels of matrix products: those of software adapters, and those that the options `products`, `precision`
 * and `experimental` ask for.
 */

/** The features that a device is asked for, and its choice of kernels. */
export interface SpecialMatmul {
  features: GPUFeatureName[];
  choose: ChooseMatmul;
  /** Measures kernels of matrix products when a plan is loaded. */
  tuner?: Tuner;
}

/** @throws DeviceError when the adapter lacks a feature that the options ask for */
export async function specialMatmul(request: AdapterRequest, tuningCache?: TuningCache): Promise<SpecialMatmul> {
  const [size] = checkFeatures(request).filter(({ componentType }) => componentType === precisionOf(request));
  const features = featuresOf(request);
  const kernels = kernelsOf(request, features, size);
  const { products = "auto" } = request.options;
  if (products !== "auto" && products !== "tuned") return { features, choose: kernels.get(products)! };
  const bySize = sizeRule(request, kernels);
  if (products === "auto") return { features, choose: (problem) => kernels.get(bySize(problem))!(problem) };
  const { Tuner, adapterKey } = await import("./tuning.js");
  const tuner = await Tuner.open({ kernels, adapter: adapterKey(request), cache: tuningCache });
  return { features, choose: (problem) => kernels.get(tuner.choice(problem) ?? bySize(problem))!(problem), tuner };
}

const precisionOf = ({ options }: AdapterRequest): OperandType => options.precision ?? "f32";

const wantsMatrices = ({ options }: AdapterRequest) => !!options.experimental?.includes("subgroupMatrices");

function featuresOf(request: AdapterRequest): GPUFeatureName[] {
  const { adapter, summary, options } = request;
  const { products } = options;
  const features: GPUFeatureName[] = precisionOf(request) === "f16" ? ["shader-f16"] : [];
  const used = wantsMatrices(request) || products === "quads" || products === "splitSubgroups";
  if (used || ((products === "tuned" || summary.software) && adapter.features.has("subgroups"))) {
    features.push("subgroups");
  }
  return wantsMatrices(request) ? [...features, MATRICES] : features;
}

/** Every kernel that a device with these features can run. */
function kernelsOf(
  request: AdapterRequest,
  features: readonly GPUFeatureName[],
  size: MatrixSize | undefined,
): ReadonlyMap<ProductKernel, ChooseMatmul> {
  const type = precisionOf(request);
  const kernels = new Map<ProductKernel, ChooseMatmul>(
    Object.entries(matmulKernels).map(([name, kernel]) => [name as ProductKernel, (problem) => kernel(problem, type)]),
  );
  kernels.set("direct", (problem) => ({
    parts: [directShader],
    entry: tiles(problem, 16, 16, { invocations: 4 }),
  }));
  if (!features.includes("subgroups")) return kernels;
  const extensions = ["subgroups"];
  kernels.set("quads", (problem) => ({
    parts: [quadsShader],
    entry: tiles(problem, 16, 16, { invocations: 4, builtins: ["subgroup_invocation_id"] }),
    extensions,
  }));
  if (hasSubgroupIds(request)) {
    kernels.set("splitSubgroups", (problem) => ({
      ...splitKernel(problem, splitSubgroupsShader, ["subgroup_size", "subgroup_id", "subgroup_invocation_id"]),
      extensions,
    }));
  }
  if (size) kernels.set("subgroupMatrices", subgroupMatrices(size, type, request.adapter.info));
  return kernels;
}

/** By sizes alone, so that the same program gives the same bits. */
function sizeRule(request: AdapterRequest, kernels: ReadonlyMap<ProductKernel, ChooseMatmul>) {
  const isSoftware = request.summary.software;
  return (problem: MatmulProblem): ProductKernel => {
    if (isSoftware) return softwareKernelFor(problem, kernels.has("quads") ? "quads" : "direct");
    const kernel = matmulKernelFor(problem, precisionOf(request));
    // Subgroup matrices, which were asked for, where results are many.
    return wantsMatrices(request) && kernel !== "split" ? "subgroupMatrices" : kernel;
  };
}

/** The results of one workgroup of `direct` and `quads`. */
const SOFTWARE_TILE = 16 * 16;

/** The kernel on software adapters, where barriers and reads are dear: `tile` shares reads, if there are any to share. */
const softwareKernelFor = ({ batch, m, n, k }: MatmulProblem, tile: ProductKernel): ProductKernel =>
  k <= TINY_INNER && batch * m * n <= SOFTWARE_TILE ? "naive" : tile;

/** Invocations of a workgroup in every WebGPU implementation outside compatibility mode. */
const MAX_INVOCATIONS = 256;

function subgroupMatrices(
  { M, N, K }: MatrixSize,
  type: OperandType,
  { subgroupMaxSize }: GPUAdapterInfo,
): ChooseMatmul {
  const strips = Math.min(4, Math.floor(MAX_INVOCATIONS / subgroupMaxSize));
  const invocations = strips * subgroupMaxSize;
  const values = { ROWS: M, COLUMNS: N, DEPTH: K, STRIPS: strips, LANES: invocations };
  const sizes = Object.entries(values).map(([name, value]) => `const ${name} = ${value}u;`);
  return (problem): MatmulKernel => {
    const { part, constants, extensions } = operands(type, problem);
    return {
      parts: [part, glue("webgpu/special-matmul.ts", sizes.join("\n")), subgroupMatricesShader],
      constants,
      entry: tiles(problem, strips * M, 4 * N, { invocations, builtins: ["local_invocation_index", "subgroup_id"] }),
      extensions: [...extensions, "subgroups", "chromium_experimental_subgroup_matrix"],
    };
  };
}
