// elementwise.wgsl: the functions of elementwise ops, on one f32; longer ones are in elementwise-long.wgsl. Their twins in
// float64 are in src/backends/cpu/elementwise.ts; their gradients are in src/ops, written with these same ops.
// Where a built-in may hide a NaN, it is passed on: a run that has gone bad must not look well again.
// Needs: functions/finite.wgsl

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
