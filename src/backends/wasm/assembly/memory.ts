// Moving elements of 32 bits. Vectors may be read past a tensor's end (memory has room there), but never written.

/** Writes the first `count` of a vector's elements, all four from 4 on. */
@inline
export function storeSome(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x);
  } else {
    v128.store32_lane(to, x, 0);
    if (count > 1) v128.store32_lane(to, x, 1, 4);
    if (count > 2) v128.store32_lane(to, x, 2, 8);
  }
}

/** Adds `count` numbers to others. */
export function addTo(to: usize, from: usize, count: i32): void {
  for (; count > 0; count -= 4, to += 16, from += 16) {
    storeSome(to, f32x4.add(v128.load(to), v128.load(from)), count);
  }
}

/** Beyond this the engine's own copy is faster. */
const LONG_COPY = 2048;

/** Copies `count` elements between places that don't overlap. */
export function copy(to: usize, from: usize, count: i32): void {
  if (count > LONG_COPY) {
    memory.copy(to, from, <usize>count << 2);
    return;
  }
  const whole = to + ((count & ~3) << 2);
  while (to < whole) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  if (count & 3) storeSome(to, v128.load(from), count & 3);
}
