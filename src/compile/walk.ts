import type { Shape } from "../core/shape.js";
import { ancestors, Tensor } from "../graph/tensor.js";
import {
  type Axis,
  countOf,
  merged,
  type ProductWalks,
  type View,
  viewOfShape,
  type Walk,
  withoutIdleBounds,
} from "../graph/walk.js";
import { takeBatch } from "../ops/batch.js";
import { transposeOp } from "../ops/layout.js";
import { matmul, plainWalks } from "../ops/matmul.js";
import { readersBy } from "./order.js";
import { type Rule, rewrite } from "./rewrite.js";

/*
 * Products read their sides where they lie, and put their results where those are needed: transposes, the batch of the
 * data set and the patches of images become walks, and aren't launched.
 */

/** Views that products take without another launch. Where absent, they read matrices that are stored transposed. */
export interface ViewPasses {
  /** Read their batch straight from the data set. */
  batches: boolean;
  /** Read patches of images, add up patches that overlap, and put results into another order. */
  patches: boolean;
}

/** A tensor's elements in the memory of another. */
interface Read extends View {
  base: Tensor;
  /** The epoch's order, where rows are found through it. */
  order?: Tensor;
}

/** Replaces products of tensors that other ops have laid out by products that read what those were laid out from. */
export function absorbViews(outputs: readonly Tensor[], passes?: ViewPasses): Tensor[] {
  const batches = passes?.batches ? ancestors(outputs).filter(({ op }) => op === takeBatch.op) : [];
  const absorbed = new Set(batches);
  for (;;) {
    const rewritten = rewrite(outputs, new Absorber(outputs, passes, absorbed).rule);
    const launched = new Set(ancestors(rewritten.outputs));
    // A batch that is launched for other readers is there for products as well.
    const left = batches.filter((batch) => absorbed.has(batch) && launched.has(rewritten.of(batch)));
    if (left.length === 0) return rewritten.outputs;
    for (const batch of left) absorbed.delete(batch);
  }
}

class Absorber {
  readonly #readers: ReadonlyMap<Tensor, readonly Tensor[]>;

  /** @param batches - the batches that no launch makes */
  constructor(
    outputs: readonly Tensor[],
    private readonly passes: ViewPasses | undefined,
    private readonly batches: ReadonlySet<Tensor>,
  ) {
    this.#readers = readersBy((input) => input, ancestors(outputs));
  }

  readonly rule: Rule = (tensor, _, of) => {
    if (tensor.op === matmul.op) return this.#sides(tensor, of);
    return this.passes?.patches ? this.#results(tensor, of) : undefined;
  };

  /** A product that reads what its sides were laid out from. */
  #sides(tensor: Tensor, of: (tensor: Tensor) => Tensor): Tensor | undefined {
    if (tensor.inputs.every(({ op }) => !op.walk)) return undefined;
    const [a, b] = [this.#side(tensor, 0), this.#side(tensor, 1)];
    if (isStored(a, tensor.inputs[0]) && isStored(b, tensor.inputs[1])) return undefined;
    const { y } = plainWalks(tensor.inputs[0].shape, tensor.inputs[1].shape);
    return productOfReads(a, b, { a: a.walk, b: b.walk, y }, tensor.shape, tensor.scope, of);
  }

  /** The product that an op on a product's results amounts to: one that puts them elsewhere, or adds up overlaps. */
  #results(tensor: Tensor, of: (tensor: Tensor) => Tensor): Tensor | undefined {
    const { op, attributes, shape, inputs, scope } = tensor;
    if (op !== transposeOp.op && !op.ofProduct) return undefined;
    const found = this.#resultOf(inputs[0]);
    if (!found) return undefined;
    const { product, view } = found;
    const [a, b] = [this.#side(product, 0), this.#side(product, 1)];
    const sides = { a: a.walk, b: b.walk, y: plainWalks(product.inputs[0].shape, product.inputs[1].shape).y };
    if (op.ofProduct) {
      const walks = op.ofProduct(view, sides, attributes, shape);
      return walks && productOfReads(a, b, { ...walks, a: withoutIdleBounds(walks.a) }, shape, scope, of);
    }
    if (this.#isWalkedOver(tensor)) return undefined; // its readers read the product's results as those lie
    const y = walkOfResults(op.walk!(view, attributes, shape)!, sides);
    if (isRowByRow(y)) return productOfReads(a, b, { ...sides, y }, shape, scope, of);
    // aᵀ and bᵀ the other way round make the transpose: its rows are the columns. Kernels find rows of a alone by the order.
    const across = { ...y, own: y.inner, inner: y.own };
    if (a.order || !isRowByRow(across)) return undefined;
    return productOfReads(b, a, { a: sides.b, b: sides.a, y: across }, shape, scope, of);
  }

  /** The product that a tensor shows in another order, if nothing else reads any of it. */
  #resultOf(tensor: Tensor): { product: Tensor; view: View } | undefined {
    const { op, inputs, attributes, shape } = tensor;
    if (this.#readers.get(tensor)?.length !== 1) return undefined;
    if (op === matmul.op) return { product: tensor, view: viewOfShape(shape) };
    if (!op.view && op !== transposeOp.op) return undefined;
    const below = this.#resultOf(inputs[0]);
    const view = below && op.walk!(below.view, attributes, shape);
    return view && { product: below.product, view };
  }

  #isWalkedOver(tensor: Tensor): boolean {
    return (this.#readers.get(tensor) ?? []).some(({ op, ...reader }) =>
      op.view ? this.#isWalkedOver(reader as Tensor) : op === matmul.op || op.walk !== undefined,
    );
  }

  /** A side of a product: where it is read, and how. */
  #side(product: Tensor, side: 0 | 1): Read & { walk: Walk } {
    const tensor = product.inputs[side];
    const stored = { base: tensor, ...viewOfShape(tensor.shape) };
    for (const byOrder of tensor.op.walk ? [side === 0, false] : []) {
      const read = this.#read(tensor, byOrder);
      const walk = walkOfSide(read, product.shape.slice(0, -2), side);
      if (walk && (this.passes || isMatrix(walk))) return { ...read, walk };
    }
    return { ...stored, walk: walkOfSide(stored, product.shape.slice(0, -2), side)! };
  }

  /** The tensor that lies in memory, and the walk over it. @param byOrder - whether batches may be read by their order */
  #read(tensor: Tensor, byOrder: boolean): Read {
    const { op, inputs, attributes, shape } = tensor;
    if (op.walk && this.#absorbs(tensor, byOrder)) {
      const order = op === takeBatch.op ? { order: inputs[1] } : {};
      for (const from of [this.#read(inputs[0], byOrder), { base: inputs[0], ...viewOfShape(inputs[0].shape) }]) {
        const view = op.walk(from, attributes, shape);
        if (view) return { ...from, ...order, ...view };
      }
    }
    return { base: tensor, ...viewOfShape(shape) };
  }

  #absorbs(tensor: Tensor, byOrder: boolean): boolean {
    if (tensor.op.view || tensor.op === transposeOp.op) return true;
    return tensor.op === takeBatch.op ? byOrder && this.batches.has(tensor) : this.passes?.patches === true;
  }
}

/** Whether a side lies in memory as it is; under another shape it does, too. */
function isStored({ base }: Read, tensor: Tensor): boolean {
  return tensor === base || (tensor.op.view === true && isStored({ base } as Read, tensor.inputs[0]));
}

function productOfReads(
  a: Read,
  b: Read,
  walks: ProductWalks,
  shape: Shape,
  scope: string,
  of: (tensor: Tensor) => Tensor,
): Tensor {
  const inputs = [a.base, b.base, ...(a.order ? [a.order] : [])].map(of);
  return new Tensor(matmul.op, inputs, { walks, shape }, shape, "f32", scope);
}

/** The walk of a product's side; undefined where the matrices of a batch are bounded, or found by the order. */
function walkOfSide({ axes, bounds }: View, batchShape: Shape, side: 0 | 1): Walk | undefined {
  const added = batchShape.length - (axes.length - 2);
  const batch = batchShape.flatMap((size, axis): readonly Axis[] => {
    const own = axes[axis - added];
    return axis < added || countOf(own) !== size ? [{ size, stride: 0 }] : own;
  });
  if (batch.some(({ bound, ordered }) => ordered || bound !== undefined)) return undefined;
  const [rows, columns] = axes.slice(-2);
  const [own, inner] = side === 0 ? [rows, columns] : [columns, rows];
  return withoutIdleBounds({ batch, own, inner, bounds });
}

/** Whether a walk is one of matrices that are stored as they are, or transposed. */
const isMatrix = ({ own, inner, bounds }: Walk) =>
  bounds.length === 0 && own.length === 1 && inner.length === 1 && (own[0].stride === 1 || inner[0].stride === 1);

/** Where a product's results go that are needed in another order. @param view - that order, over the results as they come */
function walkOfResults({ axes }: View, { a, b }: ProductWalks): Walk {
  const placed: { from: number; axis: Axis }[] = [];
  let stride = 1;
  for (const { size, stride: from } of axes.flat().reverse()) {
    if (size > 1) placed.push({ from, axis: { size, stride } });
    stride *= size;
  }
  placed.sort((one, other) => other.from - one.from);
  const n = countOf(b.own);
  const matrix = countOf(a.own) * n;
  const within = (least: number, end: number) =>
    merged(placed.filter(({ from }) => from >= least && from < end).map(({ axis }) => axis));
  const single = [{ size: 1, stride: 1 }];
  const [batch, own, inner] = [within(matrix, Number.POSITIVE_INFINITY), within(n, matrix), within(1, n)];
  return { batch, own: own.length > 0 ? own : single, inner: inner.length > 0 ? inner : single, bounds: [] };
}

/** Whether kernels can write results so: a row's lie side by side, and all rows are equally far apart. */
const isRowByRow = ({ own, inner }: Walk) => own.length === 1 && inner.length === 1 && inner[0].stride === 1;
