import { DeviceError } from "../../core/errors.js";
import type { AdapterSummary } from "../backend.js";
import type { BackendOptions } from "../options.js";

/** An adapter, and the options of the device that is asked of it. */
export interface AdapterRequest {
  gpu: GPU;
  adapter: GPUAdapter;
  summary: AdapterSummary;
  options: BackendOptions;
}

/** The name of subgroup matrices' feature, which WebGPU's types don't have yet. */
export const MATRICES = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

/** A size in which an adapter multiplies subgroup matrices: M × K times K × N, with elements of `componentType`. */
export interface MatrixSize {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
}

export const hasSubgroupIds = ({ gpu, adapter }: AdapterRequest): boolean =>
  adapter.features.has("subgroups") && !!gpu.wgslLanguageFeatures?.has("subgroup_id");

/**
 * The sizes of subgroup matrices that the kernel can use, the largest first: sums in f32, tiles that fit into workgroup
 * memory. Empty where matrices aren't asked for.
 *
 * @throws DeviceError when the adapter lacks a feature that is asked for, with the remedy
 */
export function checkFeatures(request: AdapterRequest): MatrixSize[] {
  const sizes = request.options.experimental?.includes("subgroupMatrices") ? matrixSizes(request.adapter) : [];
  const problem = problemWith(request, sizes);
  if (problem) throw new DeviceError(`The GPU adapter ${request.summary.description} ${problem}`);
  return sizes;
}

/** The feature that is asked for and that the adapter lacks, with the remedy. */
function problemWith(request: AdapterRequest, sizes: readonly MatrixSize[]): string | undefined {
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

/** Workgroup memory in every WebGPU implementation outside compatibility mode. */
const MAX_WORKGROUP_BYTES = 16384;

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
