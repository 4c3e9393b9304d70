import { broadcastStrides, sizeOf, stridesOf } from "../../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../../ops/matmul.js";
import type { CpuKernel } from "./kernel.js";

/**
 * y[i, j] = Σₖ a[i, k] b[k, j], summed in float64. The inner loop runs along memory: over j where b's rows are
 * stored one after the other, over k where its columns are.
 */
export const matmul: CpuKernel = (launch, [a, b], y) => {
  const [shapeA, shapeB] = launch.inputs.map((input) => input.shape);
  const { transposeA, transposeB } = launch.attributes as MatmulAttributes;
  const { m, k, n } = matmulSizes(shapeA, shapeB, launch.attributes);
  const [aRow, aK] = transposeA ? [1, m] : [k, 1];
  const batchShape = launch.output!.shape.slice(0, -2);
  const offset = (shape: readonly number[], batch: number) => {
    const strides = broadcastStrides(shape.slice(0, -2), batchShape);
    const size = shape.at(-1)! * shape.at(-2)!;
    return stridesOf(batchShape).reduce(
      (sum, stride, axis) => sum + (Math.floor(batch / stride) % batchShape[axis]) * strides[axis] * size,
      0,
    );
  };
  const batches = Array.from({ length: sizeOf(batchShape) }, (_, batch) => ({
    startA: offset(shapeA, batch),
    startB: offset(shapeB, batch),
    startY: batch * m * n,
  }));
  const row = new Float64Array(n);

  const alongRows = (startA: number, startB: number, startY: number) => {
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let inner = 0; inner < k; inner++) {
        const factor = a[startA + i * aRow + inner * aK];
        const rowB = startB + inner * n;
        for (let j = 0; j < n; j++) row[j] += factor * b[rowB + j];
      }
      y.set(row, startY + i * n);
    }
  };
  const alongColumns = (startA: number, startB: number, startY: number) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let inner = 0; inner < k; inner++) sum += a[startA + i * aRow + inner * aK] * b[startB + j * k + inner];
        y[startY + i * n + j] = sum;
      }
    }
  };
  const product = transposeB ? alongColumns : alongRows;
  return () => {
    for (const { startA, startB, startY } of batches) product(startA, startB, startY);
  };
};
