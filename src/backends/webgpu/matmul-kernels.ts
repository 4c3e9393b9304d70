import naiveShader from "../../../shaders/matmul.wgsl";
import splitShader from "../../../shaders/matmul-split.wgsl";
import tiledShader from "../../../shaders/matmul-tiled.wgsl";
import { type Builtin, type Entry, glue, type Part } from "./glue.js";

/** A matrix product [batch, m, k] times [batch, k, n] and the layout of its sides: the kernel is chosen by these. */
export interface MatmulProblem {
  batch: number;
  m: number;
  n: number;
  k: number;
  /** True where neighbours in the left side's memory are its rows, and not along the inner dimension. */
  aByRow: boolean;
  /** True where neighbours in the right side's memory are its columns. */
  bByColumn: boolean;
  /** True where the column sums of the right side are a second result. */
  sums: boolean;
}

/** A kernel that makes a product, with its parameters. */
export interface MatmulKernel {
  /** The kernel's shader, and glue that only this kernel needs. */
  parts: readonly Part[];
  constants?: Readonly<Record<string, number>>;
  entry: Entry;
  /** WGSL extensions that the kernel enables. */
  extensions?: readonly string[];
}

/** Chooses the kernel of a product on a device. */
export type ChooseMatmul = (problem: MatmulProblem) => MatmulKernel;

/** The type that operands are rounded to in workgroup memory. */
export type OperandType = "f32" | "f16";

/** A workgroup for each tile of `height` × `width` results. */
export const tiles = (
  { batch, m, n }: MatmulProblem,
  height: number,
  width: number,
  options: { invocations?: number; builtins?: readonly Builtin[] } = {},
): Entry => ({ work: Math.ceil(m / height) * Math.ceil(n / width) * batch, ...options });

/** The type of operands in workgroup memory, and whether neighbours there are neighbours in the buffers. */
export const operands = (type: OperandType, { aByRow, bByColumn }: MatmulProblem) => ({
  part: glue("webgpu/matmul-kernels.ts", `alias Operand = ${type};`),
  constants: { A_BY_ROW: Number(aByRow), B_BY_COLUMN: Number(bByColumn) },
  extensions: type === "f16" ? ["f16"] : [],
});

function tiled(problem: MatmulProblem, type: OperandType, large: boolean): MatmulKernel {
  const { part, constants, extensions } = operands(type, problem);
  const side = large ? 64 : 32;
  return {
    parts: [part, tiledShader],
    constants: { LARGE: Number(large), ...constants },
    entry: tiles(problem, side, side),
    extensions,
  };
}

/** A split-K kernel: an invocation makes a block of 4 × 4 results, a workgroup DOWN × ACROSS blocks. */
export function splitKernel(problem: MatmulProblem, shader: Part, builtins?: readonly Builtin[]): MatmulKernel {
  const { m, n } = problem;
  const down = m <= 4 ? 1 : 2;
  const across = n <= 4 ? 1 : down === 1 ? 8 : 2;
  return {
    parts: [shader],
    constants: { DOWN: down, ACROSS: across },
    entry: tiles(problem, 4 * down, 4 * across, { builtins }),
  };
}

/**
 * The kernels that a GPU's products are made by, each of which makes every product. They differ in the order of summation,
 * so the choice is part of a result's bits. Those of software adapters, and those for the asking, are in special-matmul.ts.
 */
export const matmulKernels = {
  /** One result per invocation, and nothing shared. */
  naive: (problem: MatmulProblem): MatmulKernel => ({
    parts: [naiveShader],
    entry: { each: problem.batch * problem.m * problem.n },
  }),
  tiled: (problem: MatmulProblem, type: OperandType = "f32") => tiled(problem, type, false),
  /** Four times the results per invocation, for products that still fill the GPU with workgroups. */
  tiledLarge: (problem: MatmulProblem, type: OperandType = "f32") => tiled(problem, type, true),
  /** The inner dimension split (split-K), for few results. */
  split: (problem: MatmulProblem) => splitKernel(problem, splitShader),
};

/** Workgroups that keep a GPU of any size busy. */
const MANY_WORKGROUPS = 256;
/** An inner dimension this short leaves next to no reads to share. */
export const TINY_INNER = 4;

/**
 * The kernel for a product by its sizes alone, so that the same program gives the same bits.
 *
 * @param type - what operands are rounded to, if the kernel goes by way of workgroup memory
 */
export function matmulKernelFor(
  { batch, m, n, k }: MatmulProblem,
  type: OperandType = "f32",
): keyof typeof matmulKernels {
  const workgroups = (side: number) => batch * Math.ceil(m / side) * Math.ceil(n / side);
  if (k <= TINY_INNER && type === "f32") return "naive";
  // Slices of the inner dimension are worth their sum when there are a few terms in each.
  const long = k >= 64;
  if (long && (m <= 4 || n <= 4)) return "split";
  if (workgroups(64) >= MANY_WORKGROUPS) return "tiledLarge";
  return long && workgroups(32) < MANY_WORKGROUPS / 4 ? "split" : "tiled";
}
