// finite.wgsl: finds NaN and infinity by the bits of the exponent. WGSL may assume that neither exists, and x != x is
// false for a NaN on some drivers.

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// y, or x where x is a NaN: min, max, clamp and sign may hide one.
fn keep_nan(x: f32, y: f32) -> f32 {
  return select(y, x, is_nan(x));
}
