import { type Shape, sizeOf } from "../../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../../ops/matmul.js";
import { resultShape } from "./elementwise.js";
import { broadcastIndex } from "./indexing.js";
import { type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

/** Rows and columns of results that one workgroup makes. */
const BLOCK = 32;

export const matmul: WebgpuKernel = (launch) => {
  const { inputs, attributes, results = [] } = launch;
  const [a, b] = inputs.map((input) => input.shape);
  const { transposeA, transposeB, gather } = attributes as MatmulAttributes;
  const { m, k, n } = matmulSizes(a, b, attributes);
  const batchShape = resultShape(launch).slice(0, -2);
  const batch = sizeOf(batchShape);
  const offset = (side: string, shape: Shape) => {
    const matrix = broadcastIndex("batch", shape.slice(0, -2), batchShape);
    return `fn offset_${side}(batch: u32) -> u32 { return (${matrix}) * ${shape.at(-1)! * shape.at(-2)!}u; }`;
  };
  const [row, inner] = transposeA ? ["1u", `${m}u`] : [`${k}u`, "1u"];
  const place = (name: string, stride: string, gathered: boolean) =>
    gathered
      ? `fn place_${name}(i: u32) -> u32 {
  return order[step_record.first + min(i, step_record.rows - 1u)] * ${stride};
}`
      : `fn place_${name}(i: u32) -> u32 { return i * ${stride}; }`;
  // The batch's rows are the left side's own, or what its transpose sums over.
  const gathers = gather !== undefined;
  const gathering = gathers ? ["@group(1) @binding(2) var<storage, read> order: array<u32>;", shaders.step] : [];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  return {
    code: wgsl(
      ...gathering,
      place("row", row, gathers && !transposeA),
      place("inner", inner, gathers && transposeA === true),
      offset("a", gathers ? a.slice(0, 2) : a), // batches of matrices are never gathered
      offset("b", b),
      shaders.matmul,
      shaders.grid,
    ),
    constants: {
      M: m,
      N: n,
      K: k,
      BATCH: batch,
      B_ROW: bRow,
      B_COLUMN: bColumn,
      SUMS: Number(results.length > 1),
    },
    workgroups: Math.ceil(m / BLOCK) * Math.ceil(n / BLOCK) * batch,
  };
};
