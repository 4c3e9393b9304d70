import batchRow from "../../../shaders/functions/batch-row.wgsl";
import stridedOperands from "../../../shaders/functions/strided-operands.wgsl";
import type { Launch } from "../../compile/plan.js";
import type { Axis, Walk } from "../../graph/walk.js";
import { type Product, productOf } from "../../ops/matmul.js";
import { glue, type Part } from "./glue.js";
import { indexExpression } from "./indexing.js";
import type { WebgpuKernel } from "./kernel.js";
import type { MatmulProblem } from "./matmul-kernels.js";

const productIn = ({ inputs: [a, b], attributes }: Launch): Product => productOf(a.shape, b.shape, attributes);

/** The matrix product of a launch. */
export function problemOf(launch: Launch): MatmulProblem {
  const { batch, m, n, k, a, b } = productIn(launch);
  const sums = (launch.results?.length ?? 0) > 1;
  return {
    batch,
    m,
    n,
    k,
    aByRow: isContiguous(a.own, a) && !isContiguous(a.inner, a),
    bByColumn: isContiguous(b.own, b),
    sums,
  };
}

export const isOrdered = ({ own, inner }: Walk): boolean => [...own, ...inner].some(({ ordered }) => ordered);

/** A WGSL expression for a place of some axes that none but sizes and strides tell apart. */
export const axesExpression = (index: string, axes: readonly Axis[]): string =>
  indexExpression(
    index,
    axes.map(({ size }) => size),
    axes.map(({ stride }) => stride),
  );

/** Whether neighbours along some axes are neighbours in memory. */
function isContiguous(axes: readonly Axis[], { bounds }: Walk): boolean {
  const { stride, bound } = axes.at(-1)!;
  return stride * (bound === undefined ? 1 : bounds[bound].stride) === 1;
}

/** Whether a product's sides have one axis to each part: matrices, their transposes, and batches of a data set. */
export const isStrided = (launch: Launch): boolean =>
  [productIn(launch).a, productIn(launch).b].every(
    ({ own, inner, bounds }) => own.length === 1 && inner.length === 1 && bounds.length === 0,
  );

/** Accessors of a product's operands: WGSL, and values of its constants. */
export interface Operands {
  parts: readonly Part[];
  constants: Readonly<Record<string, number>>;
}

/** A matrix product by the kernel that is chosen for it. The glue that addresses operands is the same for every kernel. */
export const productKernel =
  (operandsOf: (product: Product) => Operands): WebgpuKernel =>
  (launch, choose) => {
    const product = productIn(launch);
    const { m, n, k, y } = product;
    const problem = problemOf(launch);
    const operands = operandsOf(product);
    const kernel = choose(problem);
    const results = [
      `fn result_at(batch: u32, row: u32, column: u32) -> u32 {
  return ${axesExpression("batch", y.batch)} + row * ${y.own[0].stride}u + column;
}`,
      ...(problem.sums ? [] : ["fn store_second(i: u32, value: f32) {}"]),
    ];
    return {
      inputs: ["a", "b", "order"].slice(0, launch.inputs.length),
      sized: ["a", "b"], // not the order, whose length changes from run to run
      parts: [...kernel.parts, ...operands.parts, glue("webgpu/matmul.ts", results.join("\n"))],
      constants: { M: m, N: n, K: k, SUMS: Number(problem.sums), ...operands.constants, ...kernel.constants },
      entry: kernel.entry,
      extensions: kernel.extensions,
    };
  };

/** A product of strided sides. */
export const matmul = productKernel(({ a, b }) => {
  const offset = (name: string, { batch }: Walk) =>
    `fn ${name}(batch: u32) -> u32 { return ${axesExpression("batch", batch)}; }`;
  const place = (name: string, [{ stride, ordered }]: readonly Axis[]) =>
    `fn ${name}(i: u32) -> u32 { return ${ordered ? "batch_row(i)" : "i"} * ${stride}u; }`;
  const places = [
    offset("offset_a", a),
    offset("offset_b", b),
    place("place_row", a.own),
    place("place_inner", a.inner),
  ].join("\n");
  return {
    parts: [stridedOperands, glue("webgpu/matmul.ts", places, ...(isOrdered(a) ? [batchRow] : []))],
    constants: { B_ROW: b.inner[0].stride, B_COLUMN: b.own[0].stride },
  };
});
