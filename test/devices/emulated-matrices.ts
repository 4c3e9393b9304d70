import type { Platform } from "../../src/backends/platform.js";
import { platform } from "./platform.js";

/** Subgroup matrices written in plain WGSL: every invocation of a subgroup holds and computes all of each. */
const EMULATION = `
fn emulated_left(at: u32, stride: u32) -> Left {
  var left: Left;
  for (var i = 0u; i < ROWS * DEPTH; i++) { left[i] = tile_a[at + i % DEPTH * stride + i / DEPTH]; }
  return left;
}
fn emulated_right(at: u32, stride: u32) -> Right {
  var right: Right;
  for (var i = 0u; i < DEPTH * COLUMNS; i++) { right[i] = tile_b[at + i / COLUMNS * stride + i % COLUMNS]; }
  return right;
}
fn emulated_ones() -> Left {
  var left: Left;
  for (var i = 0u; i < ROWS * DEPTH; i++) { left[i] = 1; }
  return left;
}
fn emulated_multiply(left: Left, right: Right, sums: Result) -> Result {
  var result = sums;
  for (var i = 0u; i < ROWS * COLUMNS; i++) {
    for (var k = 0u; k < DEPTH; k++) {
      result[i] += f32(left[i / COLUMNS * DEPTH + k]) * f32(right[k * COLUMNS + i % COLUMNS]);
    }
  }
  return result;
}
fn emulated_store(at: u32, result: Result, stride: u32) {
  for (var i = 0u; i < ROWS * COLUMNS; i++) { matrices[at + i / COLUMNS * stride + i % COLUMNS] = result[i]; }
}
`;

/** White space in the shaders is the source's or, where they were built, none. */
const emulate = (code: string): string => {
  const plain = code.replace("enable chromium_experimental_subgroup_matrix;", "");
  if (!plain.includes("subgroup_matrix_left")) return plain;
  return plain
    .replace(/subgroup_matrix_\w+<(\w+), ?(\w+), ?(\w+)>/g, "array<$1, $2 * $3>")
    .replace(/subgroupMatrixLoad<Left, ?col_major>\(&tile_a, ?/g, "emulated_left(")
    .replace(/subgroupMatrixLoad<Right, ?row_major>\(&tile_b, ?/g, "emulated_right(")
    .replace(/subgroupMatrixStore<row_major>\(&matrices, ?/g, "emulated_store(")
    .replaceAll("subgroupMatrixMultiplyAccumulate(", "emulated_multiply(")
    .replaceAll("Left(1)", "emulated_ones()")
    .concat(EMULATION);
};

/** The adapter at hand as one that multiplies subgroup matrices of this size, whose subgroups may be twice as large as they are. */
export const withMatrices = (M: number, N: number, K: number): Platform =>
  platform((adapter) => ({
    features: new Set([...adapter.features, "chromium-experimental-subgroup-matrix"]),
    info: {
      ...{ vendor: "acme", architecture: "emulated", device: "", description: "Acme", isFallbackAdapter: true },
      subgroupMaxSize: 2 * adapter.info.subgroupMaxSize,
      subgroupMatrixConfigs: [{ componentType: "f32", resultComponentType: "f32", M, N, K }],
    },
    async requestDevice(descriptor: GPUDeviceDescriptor) {
      const device = await adapter.requestDevice({
        ...descriptor,
        requiredFeatures: [...descriptor.requiredFeatures!].filter((feature) => adapter.features.has(feature)),
      });
      const create = device.createShaderModule.bind(device);
      device.createShaderModule = (source) => create({ ...source, code: emulate(source.code) });
      return device;
    },
  }));
