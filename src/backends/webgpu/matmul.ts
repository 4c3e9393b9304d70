import batchRow from "../../../shaders/functions/batch-row.wgsl";
import stridedOperands from "../../../shaders/functions/strided-operands.wgsl";
import { type Launch, resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../../ops/matmul.js";
import { glue } from "./glue.js";
import { broadcastIndex } from "./indexing.js";
import type { WebgpuKernel } from "./kernel.js";
import type { MatmulProblem } from "./matmul-kernels.js";

/** The matrix product of a launch. */
export function problemOf(launch: Launch): MatmulProblem {
  const { inputs, attributes, results = [] } = launch;
  const { transposeA = false, transposeB = false, gather } = attributes as MatmulAttributes;
  const { m, n, k } = matmulSizes(inputs[0].shape, inputs[1].shape, attributes);
  const batch = sizeOf(resultShape(launch).slice(0, -2));
  return { batch, m, n, k, transposeA, transposeB, gathered: gather !== undefined, sums: results.length > 1 };
}

/** A matrix product by the kernel that is chosen for it. The glue that addresses operands is the same for every kernel. */
export const matmul: WebgpuKernel = (launch, choose) => {
  const problem = problemOf(launch);
  const { m, n, k, transposeA, transposeB, gathered, sums } = problem;
  const [a, b] = launch.inputs.map((input) => input.shape);
  const batchShape = resultShape(launch).slice(0, -2);
  const offset = (name: string, shape: Shape) => {
    const matrix = broadcastIndex("batch", shape.slice(0, -2), batchShape);
    return `fn ${name}(batch: u32) -> u32 { return (${matrix}) * ${shape.at(-1)! * shape.at(-2)!}u; }`;
  };
  const [row, inner] = transposeA ? ["1u", `${m}u`] : [`${k}u`, "1u"];
  // The batch's rows are the left side's own, or what its transpose sums over.
  const place = (name: string, stride: string, byOrder: boolean) =>
    `fn ${name}(i: u32) -> u32 { return ${byOrder ? "batch_row(i)" : "i"} * ${stride}; }`;
  const places = [
    offset("offset_a", gathered ? a.slice(0, 2) : a), // batches of matrices are never gathered
    offset("offset_b", b),
    place("place_row", row, gathered && !transposeA),
    place("place_inner", inner, gathered && transposeA),
    ...(sums ? [] : ["fn store_sum(i: u32, value: f32) {}"]),
  ];
  const { parts, constants, entry, extensions } = choose(problem);
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  return {
    inputs: ["a", "b", "order"].slice(0, launch.inputs.length),
    sized: ["a", "b"], // not the order, whose length changes from run to run
    parts: [...parts, stridedOperands, glue("webgpu/matmul.ts", places.join("\n"), ...(gathered ? [batchRow] : []))],
    constants: { M: m, N: n, K: k, B_ROW: bRow, B_COLUMN: bColumn, SUMS: Number(sums), ...constants },
    entry,
    extensions,
  };
};
