import { type Launch, resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../../ops/matmul.js";
import { broadcastIndex } from "./indexing.js";
import { type WebgpuKernel, wgsl } from "./kernel.js";
import type { Product } from "./products.js";
import * as shaders from "./shaders.js";

/** What the choice of a product's kernel goes by. */
export function productOf(launch: Launch): Product {
  const { inputs, attributes, results = [] } = launch;
  const { transposeA = false, transposeB = false, gather } = attributes as MatmulAttributes;
  const { m, n, k } = matmulSizes(inputs[0].shape, inputs[1].shape, attributes);
  const batch = sizeOf(resultShape(launch).slice(0, -2));
  return { batch, m, n, k, transposeA, transposeB, gathered: gather !== undefined, sums: results.length > 1 };
}

/** A product by the kernel that is chosen for it: where its elements lie is glue, the same for every kernel. */
export const matmul: WebgpuKernel = (launch, choose) => {
  const product = productOf(launch);
  const { batch, m, n, k, transposeA, transposeB, gathered, sums } = product;
  const [a, b] = launch.inputs.map((input) => input.shape);
  const batchShape = resultShape(launch).slice(0, -2);
  const offset = (side: string, shape: Shape) => {
    const matrix = broadcastIndex("batch", shape.slice(0, -2), batchShape);
    return `fn offset_${side}(batch: u32) -> u32 { return (${matrix}) * ${shape.at(-1)! * shape.at(-2)!}u; }`;
  };
  const [row, inner] = transposeA ? ["1u", `${m}u`] : [`${k}u`, "1u"];
  const place = (name: string, stride: string, byOrder: boolean) =>
    byOrder
      ? `fn place_${name}(i: u32) -> u32 {
  return order[step_record.first + min(i, step_record.rows - 1u)] * ${stride};
}`
      : `fn place_${name}(i: u32) -> u32 { return i * ${stride}; }`;
  // The batch's rows are the left side's own, or what its transpose sums over.
  const gathering = gathered ? ["@group(1) @binding(2) var<storage, read> order: array<u32>;", shaders.step] : [];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  const { shader, height, width, constants, head = "alias Operand = f32;" } = choose(product);
  return {
    code: wgsl(
      head,
      ...gathering,
      place("row", row, gathered && !transposeA),
      place("inner", inner, gathered && transposeA),
      offset("a", gathered ? a.slice(0, 2) : a), // batches of matrices are never gathered
      offset("b", b),
      `const SIZE_A = ${sizeOf(a)}u;\nconst SIZE_B = ${sizeOf(b)}u;`,
      shader,
      shaders.product,
      shaders.grid,
    ),
    constants: { M: m, N: n, K: k, BATCH: batch, B_ROW: bRow, B_COLUMN: bColumn, SUMS: Number(sums), ...constants },
    workgroups: Math.ceil(m / height) * Math.ceil(n / width) * batch,
  };
};
