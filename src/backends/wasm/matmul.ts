import { type Launch, resultShape } from "../../compile/plan.js";
import { broadcastStrides, type Shape, sizeOf, stridesOf } from "../../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../../ops/matmul.js";
import { linksOf, writeChain } from "./chain.js";
import { Kernel } from "./codes.js";
import type { WasmKernel } from "./kernel.js";
import type { ProgramWriter } from "./writer.js";

// As in assembly/matmul.ts.
const ROWS = 6;
const COLUMNS = 8;
const DEPTH = 256;

/** Results of a group of rows, in elements: half of what a small second-level cache holds. */
const GROUP_RESULTS = 65536;
const MOST_GROUP_ROWS = 96;
/** Multiply-adds that take as long as an element of other kernels. */
const PER_ELEMENT = 12;

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

export const matmul: WasmKernel = (launch, writer) => {
  const { inputs, attributes, results } = launch;
  const [a, b] = inputs.map((input) => input.shape);
  const { transposeA, transposeB, gather } = attributes as MatmulAttributes;
  const { m, k, n } = matmulSizes(a, b, attributes);
  const batchShape = resultShape(launch).slice(0, -2);
  const batches = sizeOf(batchShape);
  const rowsA = gather ?? a.at(-2)!;
  const width = roundUp(n, COLUMNS);
  const group = Math.min(
    Math.max(Math.floor(GROUP_RESULTS / width / ROWS), 1) * ROWS,
    MOST_GROUP_ROWS,
    roundUp(m, ROWS),
  );
  const panelBytes = width * k * 4;
  const [tableA, tableB, block, own, ownPanels] = writer.own(
    rowsA * 4,
    b.at(-2)! * 4,
    group * Math.min(k, DEPTH) * 4,
    group * width * 4,
    batches > 1 ? panelBytes : 0,
  );
  const [result, sums] = results ?? [];
  writer.instruction(
    Kernel.product,
    [
      writer.address(inputs[0]),
      rowsA,
      4 * (gather === undefined ? a.at(-1)! : sizeOf(a.slice(1))),
      Number(transposeA ?? false),
      gather === undefined ? 0 : writer.address(inputs[2]),
      writer.address(inputs[1]),
      b.at(-2)!,
      4 * b.at(-1)!,
      Number(transposeB ?? false),
      m,
      k,
      n,
      batches,
      batches > 1 ? writer.table(offsets(a, b, batchShape)) : 0,
      group,
      batches > 1 ? ownPanels : writer.shared(panelBytes),
      tableA,
      tableB,
      block,
      own,
      result ? chainOf(result, writer) : 0,
      launch.output ? writer.address(launch.output) : 0,
      sums ? chainOf(sums, writer) : 0,
    ],
    (batches * m * k * n) / PER_ELEMENT,
  );
};

const chainOf = (result: NonNullable<Launch["results"]>[number], writer: ProgramWriter) =>
  writeChain(writer, { given: true, links: linksOf(result), outputs: result.outputs });

/** The offsets of each batch's matrices, in bytes: a's, then b's. */
function offsets(a: Shape, b: Shape, batchShape: Shape): number[] {
  const places = stridesOf(batchShape);
  const sides = [a, b].map((shape) => ({
    strides: broadcastStrides(shape.slice(0, -2), batchShape),
    bytes: 4 * shape.at(-1)! * shape.at(-2)!,
  }));
  return Array.from({ length: sizeOf(batchShape) }, (_, batch) =>
    sides.map(({ strides, bytes }) =>
      places.reduce(
        (sum, place, axis) => sum + (Math.floor(batch / place) % batchShape[axis]) * strides[axis] * bytes,
        0,
      ),
    ),
  ).flat();
}
