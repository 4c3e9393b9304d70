// Functions that optimizers' updates call. The updates are in rules.ts, which is printed from src/optimizers
// when the engine is built, by src/backends/wasm/print-rules.ts. They work in place on `count` elements of a parameter of
// `size`; its states lie one after the other, `size` elements each. Elements past the end are computed with the last
// vector and not written, so that every element is computed alike.

import { madd } from "./math";

/** Moments that have decayed below the normal numbers become 0: arithmetic on such takes a hundred times as long. */
@inline
export function normalOrZero(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1.17549435e-38)));
}

/** factor x - rate sign(direction). A NaN has no sign and must not vanish: it goes on through what is added to nothing. */
@inline
export function subtractBySign(factor: v128, x: v128, rate: v128, direction: v128): v128 {
  const zero = f32x4.splat(0);
  const up = v128.and(rate, f32x4.gt(direction, zero));
  const down = v128.and(rate, f32x4.lt(direction, zero));
  const spoiled = v128.andnot(direction, f32x4.eq(direction, direction));
  return f32x4.add(f32x4.add(madd(factor, x, f32x4.neg(up)), down), spoiled);
}
