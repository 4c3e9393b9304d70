// unorm8.wgsl: a byte of a word as byte / 255, rounded to the nearest f32 as IEEE does: WGSL's division, and unpack4x8unorm,
// may be some units in the last place off.
//
// In base 256, byte / 255 is 0.(byte)(byte)(byte)... Of its 24 bits from the first one on, the next is a one again: up.

fn unorm8(word: u32, number: u32) -> f32 {
  let byte = extractBits(word, 8u * number, 8u);
  let shift = countLeadingZeros(byte) - 24u;
  let bits = ((125u - shift) << 23u) + (byte << shift) * 65793u + 1u;
  return select(0.0, bitcast<f32>(bits), byte > 0u);
}
