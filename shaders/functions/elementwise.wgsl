// elementwise.wgsl: the functions of elementwise ops, on one f32. Their twins in float64 are in
// src/backends/cpu/elementwise.ts; their gradients are in src/ops, written with these same ops.
// NaN is passed on where a built-in may hide it: a run that has gone bad must not look well again.
// Needs functions/finite.wgsl: is_nan, keep_nan

fn op_neg(x: f32) -> f32 { return -x; }
fn op_exp(x: f32) -> f32 { return exp(x); }
fn op_sqrt(x: f32) -> f32 { return sqrt(x); }
fn op_square(x: f32) -> f32 { return x * x; }
fn op_abs(x: f32) -> f32 { return abs(x); }
fn op_sign(x: f32) -> f32 { return keep_nan(x, sign(x)); }
fn op_broadcastTo(x: f32) -> f32 { return x; }

fn op_add(a: f32, b: f32) -> f32 { return a + b; }
fn op_sub(a: f32, b: f32) -> f32 { return a - b; }
fn op_mul(a: f32, b: f32) -> f32 { return a * b; }
fn op_div(a: f32, b: f32) -> f32 { return a / b; }
fn op_maximum(a: f32, b: f32) -> f32 { return keep_nan(b, keep_nan(a, max(a, b))); }
fn op_minimum(a: f32, b: f32) -> f32 { return keep_nan(b, keep_nan(a, min(a, b))); }
fn op_greater(a: f32, b: f32) -> f32 { return select(0.0, 1.0, a > b); }
fn op_equal(a: f32, b: f32) -> f32 { return select(0.0, 1.0, a == b); }
fn op_select(condition: f32, a: f32, b: f32) -> f32 { return select(b, a, condition != 0.0); }

fn op_clamp(x: f32, low: f32, high: f32) -> f32 { return keep_nan(x, min(max(x, low), high)); }

fn op_relu(x: f32) -> f32 { return keep_nan(x, max(x, 0.0)); }
fn op_leakyRelu(x: f32, slope: f32) -> f32 { return select(x * slope, x, x > 0.0); }

// The exponent is kept negative: exp overflows at 88.7.
fn op_sigmoid(x: f32) -> f32 {
  let decay = exp(-abs(x));
  return select(decay, 1.0, x >= 0.0) / (1.0 + decay);
}

// tanh of large numbers is NaN on some drivers; beyond 15 it is 1 to the last bit.
fn op_tanh(x: f32) -> f32 { return keep_nan(x, tanh(clamp(x, -15.0, 15.0))); }

// log(0) is about -88 on some drivers, where it should be -infinity.
fn op_log(x: f32) -> f32 {
  if (x == 0.0) { return -infinity_like(abs(x)); }
  if (x < 0.0) { return nan_like(x); }
  return keep_nan(x, log(x));
}

// WGSL's pow is exp2(b log2(a)), which has no value for a negative a; whole exponents do. At 0 some
// drivers give a large finite number for infinity.
fn op_pow(a: f32, b: f32) -> f32 {
  if (b == 0.0) { return 1.0; }
  if (is_nan(a) || is_nan(b)) { return nan_like(a); }
  if (a == 0.0) { return select(0.0, infinity_like(abs(a)), b < 0.0); }
  let magnitude = pow(abs(a), b);
  if (a > 0.0) { return magnitude; }
  if (b != floor(b)) { return nan_like(a); }
  let odd = floor(b * 0.5) * 2.0 != b;
  return select(magnitude, -magnitude, odd);
}

// e^x - 1 loses its digits near 0: there the first terms of its series are used.
fn op_elu(x: f32, alpha: f32) -> f32 {
  if (x > 0.0) { return x; }
  let series = x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0))));
  return alpha * select(exp(x) - 1.0, series, x > -0.05);
}

fn op_softplus(x: f32) -> f32 { return op_relu(x) + log(1.0 + exp(-abs(x))); }

// A NaN that the compiler can't see through (WGSL refuses it as a constant expression).
fn nan_like(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u);
}

// Infinity of x's sign, which the compiler can't see through either.
fn infinity_like(x: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(x) & 0x80000000u) | 0x7f800000u);
}
