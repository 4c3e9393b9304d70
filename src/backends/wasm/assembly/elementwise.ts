// The function of each elementwise op on four elements at a time, and the loop over a block of them. Their twins in
// float64 are in src/backends/cpu/elementwise.ts. min and max of WebAssembly pass a NaN on.

import { Op } from "../codes";
import { elu, erf, exp, log, pow, sigmoid, softplus, tanh } from "./math";

@inline
function ones(condition: v128): v128 {
  return v128.and(condition, f32x4.splat(1));
}

@inline
export function sign(x: v128): v128 {
  const y = f32x4.sub(ones(f32x4.gt(x, f32x4.splat(0))), ones(f32x4.lt(x, f32x4.splat(0))));
  return v128.bitselect(y, x, f32x4.eq(x, x)); // a NaN is equal to nothing
}

// `op` is a constant wherever this is taken in, and all but one branch falls away.
@inline
function apply(op: Op, a: v128, b: v128, c: v128): v128 {
  if (op == Op.neg) return f32x4.neg(a);
  if (op == Op.exp) return exp(a);
  if (op == Op.log) return log(a);
  if (op == Op.sqrt) return f32x4.sqrt(a);
  if (op == Op.square) return f32x4.mul(a, a);
  if (op == Op.abs) return f32x4.abs(a);
  if (op == Op.sign) return sign(a);
  if (op == Op.erf) return erf(a);
  if (op == Op.relu) return f32x4.max(a, f32x4.splat(0));
  if (op == Op.sigmoid) return sigmoid(a);
  if (op == Op.tanh) return tanh(a);
  if (op == Op.softplus) return softplus(a);
  if (op == Op.add) return f32x4.add(a, b);
  if (op == Op.sub) return f32x4.sub(a, b);
  if (op == Op.mul) return f32x4.mul(a, b);
  if (op == Op.div) return f32x4.div(a, b);
  if (op == Op.pow) return pow(a, b);
  if (op == Op.maximum) return f32x4.max(a, b);
  if (op == Op.minimum) return f32x4.min(a, b);
  if (op == Op.greater) return ones(f32x4.gt(a, b));
  if (op == Op.equal) return ones(f32x4.eq(a, b));
  if (op == Op.leakyRelu) return v128.bitselect(a, f32x4.mul(a, b), f32x4.gt(a, f32x4.splat(0)));
  if (op == Op.elu) return elu(a, b);
  if (op == Op.select) return v128.bitselect(b, c, f32x4.ne(a, f32x4.splat(0)));
  if (op == Op.clamp) return f32x4.min(f32x4.max(a, b), c);
  return a; // broadcastTo
}

@inline
function each(op: Op, y: usize, a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, end: usize): void {
  while (y < end) {
    const first = v128.load(a);
    const second = op >= Op.add ? v128.load(b) : first;
    const third = op >= Op.select ? v128.load(c) : first;
    v128.store(y, apply(op, first, second, third));
    y += 16;
    a += stepA;
    if (op >= Op.add) b += stepB;
    if (op >= Op.select) c += stepC;
  }
}

/**
 * y[i] = op(a[i], b[i], c[i]) from y to `end`, in whole vectors.
 *
 * @param stepA - 16, or 0 where a holds four times the same number; likewise stepB, stepC
 */
export function elementwise(
  op: Op, y: usize, a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, end: usize,
): void {
  switch (op) {
    case Op.neg: return each(Op.neg, y, a, stepA, b, stepB, c, stepC, end);
    case Op.exp: return each(Op.exp, y, a, stepA, b, stepB, c, stepC, end);
    case Op.log: return each(Op.log, y, a, stepA, b, stepB, c, stepC, end);
    case Op.sqrt: return each(Op.sqrt, y, a, stepA, b, stepB, c, stepC, end);
    case Op.square: return each(Op.square, y, a, stepA, b, stepB, c, stepC, end);
    case Op.abs: return each(Op.abs, y, a, stepA, b, stepB, c, stepC, end);
    case Op.sign: return each(Op.sign, y, a, stepA, b, stepB, c, stepC, end);
    case Op.erf: return each(Op.erf, y, a, stepA, b, stepB, c, stepC, end);
    case Op.broadcastTo: return each(Op.broadcastTo, y, a, stepA, b, stepB, c, stepC, end);
    case Op.relu: return each(Op.relu, y, a, stepA, b, stepB, c, stepC, end);
    case Op.sigmoid: return each(Op.sigmoid, y, a, stepA, b, stepB, c, stepC, end);
    case Op.tanh: return each(Op.tanh, y, a, stepA, b, stepB, c, stepC, end);
    case Op.softplus: return each(Op.softplus, y, a, stepA, b, stepB, c, stepC, end);
    case Op.add: return each(Op.add, y, a, stepA, b, stepB, c, stepC, end);
    case Op.sub: return each(Op.sub, y, a, stepA, b, stepB, c, stepC, end);
    case Op.mul: return each(Op.mul, y, a, stepA, b, stepB, c, stepC, end);
    case Op.div: return each(Op.div, y, a, stepA, b, stepB, c, stepC, end);
    case Op.pow: return each(Op.pow, y, a, stepA, b, stepB, c, stepC, end);
    case Op.maximum: return each(Op.maximum, y, a, stepA, b, stepB, c, stepC, end);
    case Op.minimum: return each(Op.minimum, y, a, stepA, b, stepB, c, stepC, end);
    case Op.greater: return each(Op.greater, y, a, stepA, b, stepB, c, stepC, end);
    case Op.equal: return each(Op.equal, y, a, stepA, b, stepB, c, stepC, end);
    case Op.leakyRelu: return each(Op.leakyRelu, y, a, stepA, b, stepB, c, stepC, end);
    case Op.elu: return each(Op.elu, y, a, stepA, b, stepB, c, stepC, end);
    case Op.select: return each(Op.select, y, a, stepA, b, stepB, c, stepC, end);
    case Op.clamp: return each(Op.clamp, y, a, stepA, b, stepB, c, stepC, end);
    default: unreachable();
  }
}
