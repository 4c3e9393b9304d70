// finite.wgsl: finds NaN and infinity by the bits of the exponent. WGSL may assume that neither exists, and x != x is
// false for a NaN on some drivers.

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

// A NaN that the compiler can't see through (WGSL refuses it as a constant expression).
fn nan_like(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u);
}
