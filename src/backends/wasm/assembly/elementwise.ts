// The functions of elementwise ops on four elements at a time, each on the op's operands and then its numbers. Their
// twins in float64 are in src/backends/cpu/elementwise.ts. The loops over them are in functions.ts, which is printed from
// the ops' descriptors when the engine is built, by src/backends/wasm/print-functions.ts. min and max of WebAssembly pass
// a NaN on.

import { elu, erf, exp, gelu, geluGradient, log, pow, sigmoid, softplus, tanh } from "./math";

@inline
function ones(condition: v128): v128 {
  return v128.and(condition, f32x4.splat(1));
}

@inline
export function op_sign(x: v128): v128 {
  const y = f32x4.sub(ones(f32x4.gt(x, f32x4.splat(0))), ones(f32x4.lt(x, f32x4.splat(0))));
  return v128.bitselect(y, x, f32x4.eq(x, x)); // a NaN is equal to nothing
}

@inline
export function op_neg(x: v128): v128 { return f32x4.neg(x); }

@inline
export function op_exp(x: v128): v128 { return exp(x); }

@inline
export function op_log(x: v128): v128 { return log(x); }

@inline
export function op_sqrt(x: v128): v128 { return f32x4.sqrt(x); }

@inline
export function op_square(x: v128): v128 { return f32x4.mul(x, x); }

@inline
export function op_abs(x: v128): v128 { return f32x4.abs(x); }

@inline
export function op_erf(x: v128): v128 { return erf(x); }

@inline
export function op_gelu(x: v128): v128 { return gelu(x); }

@inline
export function op_geluGradient(dy: v128, x: v128): v128 { return geluGradient(dy, x); }

@inline
export function op_broadcastTo(x: v128): v128 { return x; }

@inline
export function op_add(a: v128, b: v128): v128 { return f32x4.add(a, b); }

@inline
export function op_sub(a: v128, b: v128): v128 { return f32x4.sub(a, b); }

@inline
export function op_mul(a: v128, b: v128): v128 { return f32x4.mul(a, b); }

@inline
export function op_div(a: v128, b: v128): v128 { return f32x4.div(a, b); }

@inline
export function op_pow(a: v128, b: v128): v128 { return pow(a, b); }

@inline
export function op_maximum(a: v128, b: v128): v128 { return f32x4.max(a, b); }

@inline
export function op_minimum(a: v128, b: v128): v128 { return f32x4.min(a, b); }

@inline
export function op_greater(a: v128, b: v128): v128 { return ones(f32x4.gt(a, b)); }

@inline
export function op_equal(a: v128, b: v128): v128 { return ones(f32x4.eq(a, b)); }

@inline
export function op_select(condition: v128, a: v128, b: v128): v128 { return v128.bitselect(a, b, f32x4.ne(condition, f32x4.splat(0))); }

@inline
export function op_clamp(x: v128, low: v128, high: v128): v128 { return f32x4.min(f32x4.max(x, low), high); }

@inline
export function op_relu(x: v128): v128 { return f32x4.max(x, f32x4.splat(0)); }

@inline
export function op_sigmoid(x: v128): v128 { return sigmoid(x); }

@inline
export function op_tanh(x: v128): v128 { return tanh(x); }

@inline
export function op_softplus(x: v128): v128 { return softplus(x); }

@inline
export function op_leakyRelu(x: v128, slope: v128): v128 { return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0))); }

@inline
export function op_elu(x: v128, alpha: v128): v128 { return elu(x, alpha); }
