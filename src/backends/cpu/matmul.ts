import { productOf } from "../../ops/matmul.js";
import { placesOf } from "./indexing.js";
import type { CpuKernel } from "./kernel.js";

/**
 * y[i, j] = Σₖ a[i, k] b[k, j], summed in float64. The inner loop runs along memory: over j where b's rows are
 * stored one after the other, over k where its columns are.
 */
export const matmul: CpuKernel = (launch, [a, b], y) => {
  const { m, k, n, ...walks } = productOf(launch.inputs[0].shape, launch.inputs[1].shape, launch.attributes);
  const [aRow, aK] = [walks.a.own, walks.a.inner].map(([{ stride }]) => stride);
  const [bColumn, bK] = [walks.b.own, walks.b.inner].map(([{ stride }]) => stride);
  const starts = [walks.a, walks.b, walks.y].map(({ batch }) => placesOf(batch));
  const row = new Float64Array(n);

  const alongRows = (startA: number, startB: number, startY: number) => {
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let inner = 0; inner < k; inner++) {
        const factor = a[startA + i * aRow + inner * aK];
        const rowB = startB + inner * bK;
        for (let j = 0; j < n; j++) row[j] += factor * b[rowB + j];
      }
      y.set(row, startY + i * n);
    }
  };
  const alongColumns = (startA: number, startB: number, startY: number) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        const column = startB + j * bColumn;
        for (let inner = 0; inner < k; inner++) sum += a[startA + i * aRow + inner * aK] * b[column + inner * bK];
        y[startY + i * n + j] = sum;
      }
    }
  };
  const product = bColumn === 1 ? alongRows : alongColumns;
  return () => {
    for (let batch = 0; batch < starts[0].length; batch++) {
      product(starts[0][batch], starts[1][batch], starts[2][batch]);
    }
  };
};
