import type { Launch } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import type { Axis, Walk } from "../../graph/walk.js";
import { productOf } from "../../ops/matmul.js";
import { linksOf, writeChain } from "./chain.js";
import { Kernel } from "./codes.js";
import type { WasmKernel } from "./kernel.js";
import { writeWalk } from "./walks.js";
import type { ProgramWriter } from "./writer.js";

// As in assembly/panels.ts.
const ROWS = 6;
const COLUMNS = 8;
/** As in assembly/walks.ts, assembly/patches.ts, assembly/taps.ts and assembly/zeros.ts. */
const PLACE_BYTES = 16;
const EXTENT_BYTES = 8;
const TAP_BYTES = 16;
const TERM_BYTES = 8;

/** The most terms at a time: panels of both sides stay in the first-level cache. */
const MOST_TERMS = 320;
/** Results of a group of rows, in elements: half of what a small second-level cache holds. */
const GROUP_RESULTS = 65536;
/** Rows of a group whose terms fill a small second-level cache. */
const MOST_GROUP_ROWS = 96;
/** Numbers of a row of data from which on its zeros are looked for. */
const LEAST_DATA = 64;
/** Multiply-adds that take as long as an element of other kernels. */
const PER_ELEMENT = 12;

export const matmul: WasmKernel = (launch, writer) => {
  const { inputs, attributes, results } = launch;
  const { batch, m, k, n, a, b, y, largest = 1 } = productOf(inputs[0].shape, inputs[1].shape, attributes);
  const width = Math.ceil(n / COLUMNS) * COLUMNS;
  const unit = ROWS * largest;
  const depth = Math.ceil(k / Math.ceil(k / MOST_TERMS));
  const mostRows = Math.min(GROUP_RESULTS / width, MOST_GROUP_ROWS, m + unit - 1);
  const group = Math.max(Math.floor(mostRows / unit), 1) * unit;
  const panelBytes = width * k * 4;
  const flagBytes = Math.ceil(width / COLUMNS / 4) * 16; // a word for each panel, up to a whole vector
  const sharedBytes = batch > 1 ? 0 : panelBytes + flagBytes;
  const bytes = inputs[0].dtype === "unorm8" ? numbersOf(launch, a, sharedBytes, writer) : undefined;
  const [left, right] = [sideOf(bytes?.walk ?? a, m, k, writer), sideOf(b, n, k, writer)];
  const skips = !left.isLaid && n > COLUMNS && batch === 1 && isWideData(a, left.across ? m : k);
  const patchBytes = PLACE_BYTES * group + (EXTENT_BYTES * group) / ROWS;
  const placeBytes = !left.isLaid ? 4 * (left.rows + ROWS) : left.across ? PLACE_BYTES * depth : patchBytes;
  const [tableA, tableB, block, own, ownPanels, laidA, laidB, terms] = writer.own(
    placeBytes,
    4 * (right.isLaid ? COLUMNS : right.rows),
    left.isLaid || left.across ? group * depth * 4 : 0,
    group * width * 4,
    batch > 1 ? panelBytes : 0,
    left.isLaid ? (left.across ? TAP_BYTES * ROWS : 2 * ROWS * (depth + ROWS) * 4) : 0,
    right.isLaid ? (COLUMNS * k + COLUMNS) * 4 : 0, // with room for a vector past the end
    skips ? 2 * TERM_BYTES * depth + 4 * ROWS : left.across ? 0 : TERM_BYTES * depth,
  );
  const [result, sums] = results ?? [];
  writer.instruction(
    Kernel.product,
    [
      bytes?.address ?? writer.address(inputs[0]),
      left.rows,
      left.stride,
      Number(left.across),
      left.walk,
      inputs[2] && !bytes ? writer.address(inputs[2]) : 0,
      skips ? writer.shared(sharedBytes) + panelBytes : 0,
      writer.address(inputs[1]),
      right.rows,
      right.stride,
      Number(!right.across),
      right.walk,
      m,
      k,
      n,
      depth,
      batch,
      batch > 1 ? writer.table(offsetsOf(a.batch, b.batch, y.batch)) : 0,
      y.own[0].stride,
      group,
      largest,
      batch > 1 ? ownPanels : writer.shared(sharedBytes),
      tableA,
      tableB,
      block,
      own,
      laidA,
      laidB,
      terms,
      result ? chainOf(result, writer) : 0,
      launch.output ? writer.address(launch.output) : 0,
      sums ? chainOf(sums, writer) : 0,
    ],
    (batch * m * k * n) / PER_ELEMENT,
  );
};

/** Whether a side is the step's rows of data, each of enough numbers. */
const isWideData = ({ own, inner }: Walk, numbers: number): boolean =>
  numbers >= LEAST_DATA && [...own, ...inner].some(({ ordered }) => ordered);

/**
 * The step's rows of a side whose data are bytes, made numbers of in shared scratch.
 *
 * @param offset - bytes of scratch that are something else's
 */
function numbersOf({ inputs: [data, , order] }: Launch, walk: Walk, offset: number, writer: ProgramWriter) {
  const [length, ...row] = data.shape;
  const [count, size] = [[...walk.own, ...walk.inner].find(({ ordered }) => ordered)!.size, sizeOf(row)];
  const address = writer.shared(offset + 4 * count * size) + offset;
  const words = [address, writer.address(data), writer.address(order), count, size, length, 0];
  writer.instruction(Kernel.takeBytes, words, count * size);
  const inOrder = (axes: readonly Axis[]) => axes.map(({ ordered, ...axis }) => axis);
  return { address, walk: { ...walk, own: inOrder(walk.own), inner: inOrder(walk.inner) } };
}

/**
 * A side as the engine reads it: stored rows that lie `stride` bytes apart, either those of the inner dimension, whose
 * elements lie across from row to row of the product, or the product's own. Other walks are laid into rows first.
 */
function sideOf({ own, inner, bounds }: Walk, count: number, k: number, writer: ProgramWriter) {
  const isStored = own.length + inner.length + bounds.length === 2; // an axis each
  const [{ stride }] = inner;
  if (isStored && stride === 1 && !inner[0].ordered) {
    return { rows: count, stride: 4 * own[0].stride, across: false, isLaid: false, walk: 0 };
  }
  if (isStored && own[0].stride === 1 && !own[0].ordered) {
    return { rows: k, stride: 4 * stride, across: true, isLaid: false, walk: 0 };
  }
  const across = !runsAlong(inner) && (runsAlong(own) || count < k);
  const [rows, along] = across ? [inner, own] : [own, inner];
  return { rows: 0, stride: 0, across, isLaid: true, walk: writeWalk(writer, rows, along, bounds) };
}

/** Whether elements lie side by side along axes; those of an image's height and width are as far apart as its pixels. */
const runsAlong = (axes: readonly Axis[]): boolean =>
  axes.at(-1)!.stride === 1 && axes.at(-1)!.bound === undefined && !axes.some(({ ordered }) => ordered);

const chainOf = (result: NonNullable<Launch["results"]>[number], writer: ProgramWriter) =>
  writeChain(writer, { ...result, given: true, links: linksOf(result) });

/** The offsets of each batch's matrices, in bytes of a and of b and in elements of the result. */
function offsetsOf(...sides: readonly (readonly Axis[])[]): number[] {
  const [a, b, y] = sides.map(placesOf);
  return a.flatMap((place, matrix) => [4 * place, 4 * b[matrix], y[matrix]]);
}

/** The places of a walk's axes together. */
function placesOf(axes: readonly Axis[]): number[] {
  return axes.reduce<number[]>(
    (places, { size, stride }) => places.flatMap((place) => Array.from({ length: size }, (_, i) => place + i * stride)),
    [0],
  );
}
