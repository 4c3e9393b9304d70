// Rotary positions: pairs of features of each head turned by the angle of their place. Threads share the places.

import { copy, storeSome } from "./memory";
import { shareEnd, shareStart } from "./step";

@unmanaged
class Rotate {
  y: usize;
  x: usize;
  /** Of each place of a row the cosines and the sines. */
  waves: usize;
  /** Places of all rows, and of one. */
  places: i32;
  time: i32;
  features: i32;
  /** Features that are turned, and those of a head. */
  rotated: i32;
  size: i32;
  inverse: i32;
}

export function rotate(instruction: usize): void {
  const r = changetype<Rotate>(instruction);
  const half = r.size >> 1;
  const turn = f32x4.splat(r.inverse ? -1 : 1);
  for (let place = shareStart(r.places), end = shareEnd(r.places); place < end; place++) {
    const waves = r.waves + (((place % r.time) * r.size) << 2);
    const row = (place * r.features) << 2;
    for (let head = 0; head < r.rotated; head += r.size) {
      for (let i = 0; i < half; i += 4) {
        const at = row + ((head + i) << 2);
        const cosine = v128.load(waves + (i << 2));
        const sine = f32x4.mul(turn, v128.load(waves + ((half + i) << 2)));
        const a = v128.load(r.x + at);
        const b = v128.load(r.x + at + (half << 2));
        storeSome(r.y + at, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)), half - i);
        storeSome(r.y + at + (half << 2), f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine)), half - i);
      }
    }
    const rest = row + (r.rotated << 2);
    if (r.rotated < r.features) copy(r.y + rest, r.x + rest, r.features - r.rotated);
  }
}
