// normal-distribution.wgsl: functions of elementwise ops by the normal distribution Φ(x) = (1 + erf(x/√2)) / 2, on one f32. Their
// twins in float64 are in src/backends/cpu/elementwise.ts.
// Needs functions/finite.wgsl: is_nan

// Small |x|: 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3···(2n+1)), all terms positive (Abramowitz, Stegun 7.1.6).
// Further out: the continued fraction of erfc (7.1.14). At 4 it is 1 to the last bit.
fn op_erf(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let t = min(abs(x), 4.0);
  if (t < 2.0) {
    var term = t;
    var sum = t;
    for (var n = 1; n < 26; n++) {
      term *= 2.0 * t * t / f32(2 * n + 1);
      sum += term;
    }
    return sign(x) * 1.1283791670955126 * exp(-t * t) * sum;
  }
  var fraction = t;
  for (var n = 16; n >= 1; n--) {
    fraction = t + 0.5 * f32(n) / fraction;
  }
  return sign(x) * (1.0 - exp(-t * t) / (fraction * 1.7724538509055159));
}

fn op_gelu(x: f32) -> f32 { return 0.5 * x * (1.0 + op_erf(x * 0.7071067811865476)); }
fn op_geluGradient(dy: f32, x: f32) -> f32 {
  return dy * (0.5 * (1.0 + op_erf(x * 0.7071067811865476)) + 0.3989422804014327 * x * exp(-0.5 * x * x));
}
