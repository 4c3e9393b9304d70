import type { WgslPart } from "./kernel.js";
import type { Pipelines } from "./pipelines.js";
import * as shaders from "./shaders.js";

/** A matrix product [batch, m, k] times [batch, k, n], and how its sides are stored. */
export interface Product {
  batch: number;
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  /** The left side's rows are found through the epoch's order. */
  gathered: boolean;
  /** The column sums of the right side are wanted beside. */
  sums: boolean;
}

/** One of the kernels of a product, with its parameters. */
export interface ProductSource {
  /** What comes first in its WGSL: extensions, and the type of operands; f32 where absent. */
  head?: string;
  shader: WgslPart;
  /** Rows and columns of results that one workgroup makes. */
  height: number;
  width: number;
  constants?: Record<string, number>;
}

/** How a device makes its products. */
export interface ProductChoice {
  readonly source: (product: Product) => ProductSource;
  /** Finds out what is to be known of these products first. `backend` makes them; its device may become another. */
  prepare?(
    products: readonly Product[],
    backend: { readonly device: GPUDevice; readonly pipelines: Pipelines },
  ): Promise<void>;
}

/**
 * The kernels that a GPU's products are made by, each of which makes every product. They differ in the order of summation,
 * so the choice is part of a result's bits. Those of software adapters, and those for the asking, are in product-options.ts.
 */
export const productKernels = {
  tiled: (product: Product) => tiled(product, false),
  /** Four times the results per invocation, for products that still fill the GPU with workgroups. */
  tiledLarge: (product: Product) => tiled(product, true),
  /** The inner dimension split, for few results. */
  split: ({ m, n }: Product): ProductSource => {
    const down = m <= 4 ? 1 : 2;
    const across = n <= 4 ? 1 : down === 1 ? 8 : 2;
    return {
      shader: shaders.matmulSplit,
      height: 4 * down,
      width: 4 * across,
      constants: { DOWN: down, ACROSS: across },
    };
  },
};

function tiled({ transposeA, transposeB }: Product, large: boolean): ProductSource {
  const side = large ? 64 : 32;
  return {
    shader: shaders.matmulTiled,
    height: side,
    width: side,
    constants: { LARGE: Number(large), A_BY_ROW: Number(transposeA), B_BY_COLUMN: Number(!transposeB) },
  };
}

/** Workgroups that keep a GPU of any size busy. */
const MANY_WORKGROUPS = 256;

/** The kernel for a product by its sizes alone, so that the same program gives the same bits. */
export function productKernelFor({ batch, m, n, k }: Product): keyof typeof productKernels {
  const workgroups = (side: number) => batch * Math.ceil(m / side) * Math.ceil(n / side);
  // Slices of the inner dimension are worth their sum when there are a few terms in each.
  const long = k >= 64;
  if (long && (m <= 4 || n <= 4)) return "split";
  if (workgroups(64) >= MANY_WORKGROUPS) return "tiledLarge";
  return long && workgroups(32) < MANY_WORKGROUPS / 4 ? "split" : "tiled";
}
