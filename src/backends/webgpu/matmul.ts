import { type Shape, sizeOf } from "../../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../../ops/matmul.js";
import { broadcastIndex } from "./indexing.js";
import { type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

/** Rows and columns of results that one workgroup makes. */
const BLOCK = 32;

export const matmul: WebgpuKernel = ({ inputs, output, attributes }) => {
  const [a, b] = inputs.map((input) => input.shape);
  const { transposeA, transposeB } = attributes as MatmulAttributes;
  const { m, k, n } = matmulSizes(a, b, attributes);
  const batchShape = output!.shape.slice(0, -2);
  const batch = sizeOf(batchShape);
  const offset = (side: string, shape: Shape) => {
    const matrix = broadcastIndex("batch", shape.slice(0, -2), batchShape);
    return `fn offset_${side}(batch: u32) -> u32 { return (${matrix}) * ${shape.at(-1)! * shape.at(-2)!}u; }`;
  };
  const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  return {
    code: wgsl(offset("a", a), offset("b", b), shaders.matmul, shaders.grid),
    constants: {
      M: m,
      N: n,
      K: k,
      BATCH: batch,
      A_ROW: aRow,
      A_COLUMN: aColumn,
      B_ROW: bRow,
      B_COLUMN: bColumn,
    },
    workgroups: Math.ceil(m / BLOCK) * Math.ceil(n / BLOCK) * batch,
  };
};
