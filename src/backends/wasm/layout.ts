import { resultShape } from "../../compile/plan.js";
import { offsetOf, type Shape, sizeOf, stridesOf } from "../../core/shape.js";
import type { Attributes } from "../../graph/op.js";
import { mergeAxes } from "./chain.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";
import type { ProgramWriter } from "./writer.js";

/** y[coordinates · stridesY] = x[coordinates · stridesX] for all coordinates in `shape`. */
function writeMove(writer: ProgramWriter, shape: Shape, y: number, stridesY: Shape, x: number, stridesX: Shape): void {
  const axes = mergeAxes(shape, [stridesY, stridesX]);
  const runs = sizeOf(shape) / axes[0].size;
  const words = axes.flatMap(({ size, strides }) => [size, ...strides.map((stride) => stride * 4)]);
  writer.instruction(Kernel.move, [y, x, runs, axes.length, ...words], sizeOf(shape));
}

export const transpose = withResult((launch, y, writer) => {
  const [x] = launch.inputs;
  const shape = resultShape(launch);
  const strides = stridesOf(x.shape);
  const axes = launch.attributes.axes as Shape;
  writeMove(
    writer,
    shape,
    y,
    stridesOf(shape),
    writer.address(x),
    axes.map((axis) => strides[axis]),
  );
});

export const slice = withResult((launch, y, writer) => {
  const [x] = launch.inputs;
  const shape = resultShape(launch);
  const strides = stridesOf(x.shape);
  const from = writer.address(x) + 4 * offsetOf(launch.attributes.start as Shape, strides);
  writeMove(writer, shape, y, stridesOf(shape), from, strides);
});

export const pad = withResult((launch, y, writer) => {
  const [x] = launch.inputs;
  const shape = resultShape(launch);
  const strides = stridesOf(shape);
  writer.instruction(Kernel.fill, [y, sizeOf(shape)], sizeOf(shape));
  const to = y + 4 * offsetOf(launch.attributes.start as Shape, strides);
  writeMove(writer, x.shape, to, strides, writer.address(x), stridesOf(x.shape));
});

export const concatenate = withResult((launch, y, writer) => {
  const strides = stridesOf(resultShape(launch));
  const axis = launch.attributes.axis as number;
  let to = y;
  for (const x of launch.inputs) {
    writeMove(writer, x.shape, to, strides, writer.address(x), stridesOf(x.shape));
    to += 4 * x.shape[axis] * strides[axis];
  }
});

/** Rows of a table by number, or those of the step's batch from a row on. */
const rowsBy = (startOf: (attributes: Attributes) => number) =>
  withResult((launch, y, writer) => {
    const [table, rows] = launch.inputs;
    const [count, ...row] = resultShape(launch);
    const [from, numbers] = [writer.address(table), writer.address(rows)];
    const words = [y, from, numbers, count, sizeOf(row), table.shape[0], startOf(launch.attributes)];
    writer.instruction(table.dtype === "unorm8" ? Kernel.takeBytes : Kernel.takeRows, words, count * sizeOf(row));
  });

/** The engine's word for rows by their own numbers, in place of a batch's start. */
const NO_BATCH = -1;

export const gather = rowsBy(() => NO_BATCH);
export const takeBatch = rowsBy(({ start = 0 }) => start as number);

export const scatterAdd = withResult((launch, y, writer) => {
  const [x, rows] = launch.inputs;
  const [count, ...row] = x.shape;
  const [length] = resultShape(launch);
  const words = [y, writer.address(x), writer.address(rows), count, sizeOf(row), length];
  writer.instruction(Kernel.scatterAdd, words, Math.max(sizeOf(x.shape), length * sizeOf(row)));
});
