import { resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import { type Attention, type AttentionGradient, NOTHING_SEEN, sizesOf } from "../../ops/attention.js";
import { Kernel } from "./codes.js";
import { type WasmKernel, withResult } from "./kernel.js";
import { bitsOf } from "./writer.js";

/** Rows and columns of a panel (assembly/panels.ts). */
const [ROWS, COLUMNS] = [6, 8];
/** Queries of a block; of a causal one fewer, so that more of the keys after it are left out. */
const MOST_QUERIES = { all: 16 * ROWS, causal: 4 * ROWS };
/** Scores of a block of queries that stay in the second-level cache. */
const SCORES = 16384;

const upTo = (count: number, unit: number) => Math.ceil(count / unit) * unit;

/** The words of `Attention` in assembly/attention.ts. @param first - the number of the input q */
const attentionKernel = (kernel: Kernel, first: number): WasmKernel =>
  withResult((launch, y, writer) => {
    const { heads, keyHeads, causal, masked, of } = launch.attributes as Attention & Partial<AttentionGradient>;
    const [q, k, v] = launch.inputs.slice(first);
    const sizes = sizesOf(q.shape, k.shape, launch.attributes as Attention);
    const { batch, queries, keys, size, keysFrom, valuesFrom } = sizes;
    const mask = masked ? writer.address(launch.inputs.at(-1)!) : 0;
    const given = [
      ...[writer.address(q), writer.address(k) + 4 * keysFrom, writer.address(v) + 4 * valuesFrom],
      ...[q.shape[2], k.shape[2], v.shape[2]],
    ];
    // Tiles write whole panels, and panels of rows and of columns end at different places.
    const pitch = upTo(keys, COLUMNS) + COLUMNS;
    const wide = upTo(size, COLUMNS);
    const fitting = Math.floor(SCORES / pitch / ROWS) * ROWS;
    const block = Math.min(upTo(queries, ROWS), MOST_QUERIES[causal ? "causal" : "all"], Math.max(fitting, ROWS));
    const floats = {
      table: Math.max(keys, block),
      keysAlong: upTo(keys, COLUMNS) * size,
      keysAcross: of && of !== "keys" ? keys * wide : 0,
      values: of ? upTo(keys, COLUMNS) * size : keys * wide,
      queries: block * Math.max(size, wide),
      slopes: of ? block * Math.max(size, wide) : 0,
      scores: block * pitch,
      changes: of ? block * pitch : 0,
      panel: Math.max(keys, block) * ROWS,
      results: block * wide,
      keySums: of && of !== "queries" ? (keys + ROWS) * wide : 0,
      valueSums: of && of !== "queries" ? (keys + ROWS) * wide : 0,
    };
    const scratch = writer.own(...Object.values(floats).map((length) => 4 * length + 32));
    const words = [
      ...[y, mask, ...given, batch, queries, keys, heads, keyHeads, size, Number(causal)],
      ...[bitsOf(1 / Math.sqrt(size)), bitsOf(NOTHING_SEEN), block, pitch, wide, ...scratch],
      ...(of ? gradientWords(launch, writer.address(launch.inputs[0]), writer.address(launch.inputs[4]), sizes) : []),
    ];
    writer.instruction(kernel, words, sizeOf(q.shape) * keys);
  });

/** The words that a gradient has besides: slopes, y, columns of the result, and the parts that are wanted. */
function gradientWords(
  launch: Parameters<WasmKernel>[0],
  dy: number,
  forward: number,
  { features, size }: ReturnType<typeof sizesOf>,
): number[] {
  const { of, keyHeads } = launch.attributes as AttentionGradient;
  const keysFrom = of === "all" ? features : 0;
  const wanted = [Number(of !== "keys"), Number(of !== "queries")];
  return [
    dy,
    forward,
    launch.inputs[0].shape[2],
    resultShape(launch)[2],
    keysFrom,
    keysFrom + keyHeads * size,
    ...wanted,
  ];
}

export const attention = attentionKernel(Kernel.attention, 0);
export const attentionGradient = attentionKernel(Kernel.attentionGradient, 1);
