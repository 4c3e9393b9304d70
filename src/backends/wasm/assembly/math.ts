// Functions of four floats at a time. Each states its largest error, in units in the last place, as
// test/backends/wasm-math.test.ts finds it against float64 over the function's range. NaN stays NaN.

/** a b + c: in one rounding where the engine has relaxed SIMD and the processor a fused multiply-add. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

@inline
function choose(condition: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, condition);
}

/** e^r - 1 for |r| ≤ log(2) / 2: r + r² P(r) (Cephes, expf). */
@inline
function expm1Near(r: v128): v128 {
  let p = madd(splat(1.9875691500e-4), r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  return madd(p, f32x4.mul(r, r), r);
}

/** e^x, within 1.5 ulp. 2^n is multiplied in two parts, so that results below the normal numbers come out, too. */
export function exp(x: v128): v128 {
  const held = f32x4.min(f32x4.max(x, splat(-104)), splat(89)); // 0 and infinity beyond
  const n = f32x4.nearest(f32x4.mul(held, splat(1.44269504088896341)));
  // n log(2) in two parts; the first has so few bits that its product is exact.
  const r = madd(n, splat(2.12194440e-4), madd(n, splat(-0.693359375), held));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const bias = i32x4.splat(127);
  const first = i32x4.shl(i32x4.add(half, bias), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23);
  return f32x4.mul(f32x4.mul(f32x4.add(expm1Near(r), splat(1)), first), second);
}

/** log(x), within 1.5 ulp; -infinity at 0, NaN below (Cephes, logf). */
export function log(x: v128): v128 {
  // Numbers below the normal ones are scaled up first.
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const bits = choose(tiny, f32x4.mul(x, splat(8388608)), x);
  const exponent = i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(126));
  let e = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(tiny, splat(23)));
  // The mantissa in [1/2, 1); below √½ it is doubled, so that it lies around 1.
  let m = v128.or(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(low, splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), splat(1));
  const z = f32x4.mul(m, m);
  let p = madd(splat(7.0376836292e-2), m, splat(-1.1514610310e-1));
  p = madd(p, m, splat(1.1676998740e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, m), z);
  y = madd(e, splat(-2.12194440e-4), y);
  y = madd(z, splat(-0.5), y);
  y = madd(e, splat(0.693359375), f32x4.add(m, y));
  y = choose(f32x4.eq(x, splat(Infinity)), x, y);
  y = choose(f32x4.eq(x, splat(0)), splat(-Infinity), y);
  return choose(f32x4.ge(x, splat(0)), y, splat(NaN));
}

/** log(1 + x) for x ≥ 0, within 2 ulp: log u + what rounding u = 1 + x lost, over u. */
@inline
function log1p(x: v128): v128 {
  const u = f32x4.add(x, splat(1));
  return f32x4.add(log(u), f32x4.div(f32x4.sub(x, f32x4.sub(u, splat(1))), u));
}

/** tanh(x), within 2 ulp: a polynomial below 0.625 (Cephes, tanhf), 1 - 2 / (e^2|x| + 1) from there. */
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const far = f32x4.sub(
    splat(1),
    f32x4.div(splat(2), f32x4.add(exp(f32x4.add(magnitude, magnitude)), splat(1))),
  );
  const z = f32x4.mul(x, x);
  let p = madd(splat(-5.70498872745e-3), z, splat(2.06390887954e-2));
  p = madd(p, z, splat(-5.37397155531e-2));
  p = madd(p, z, splat(1.33314422036e-1));
  p = madd(p, z, splat(-3.33332819422e-1));
  const near = madd(f32x4.mul(p, z), x, x);
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return choose(f32x4.lt(magnitude, splat(0.625)), near, signed);
}

/** 1 / (1 + e^-x), within 3 ulp. The exponent is kept negative: exp overflows at 88.7. */
export function sigmoid(x: v128): v128 {
  const decay = exp(f32x4.neg(f32x4.abs(x)));
  const numerator = choose(f32x4.ge(x, splat(0)), splat(1), decay);
  return f32x4.div(numerator, f32x4.add(decay, splat(1)));
}

/** log(1 + e^x), within 3 ulp. */
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.max(x, splat(0)), log1p(exp(f32x4.neg(f32x4.abs(x)))));
}

/** x where x > 0, else alpha (e^x - 1), within 3 ulp; near 0 by the series, where e^x - 1 loses its digits. */
export function elu(x: v128, alpha: v128): v128 {
  const near = f32x4.gt(x, splat(-0.34));
  const below = choose(near, expm1Near(choose(near, x, splat(0))), f32x4.sub(exp(x), splat(1)));
  return choose(f32x4.gt(x, splat(0)), x, f32x4.mul(alpha, below));
}

/** The error function, within 6 ulp: x P(x²) / Q(x²) (Eigen's rational approximation); ±1 to the last bit from 4 on. */
export function erf(x: v128): v128 {
  const held = f32x4.min(f32x4.max(x, splat(-4)), splat(4));
  const z = f32x4.mul(held, held);
  let p = madd(splat(-2.72614225801306e-10), z, splat(2.77068142495902e-8));
  p = madd(p, z, splat(-2.10102402082508e-6));
  p = madd(p, z, splat(-5.69250639462346e-5));
  p = madd(p, z, splat(-7.34990630326855e-4));
  p = madd(p, z, splat(-2.95459980854025e-3));
  p = madd(p, z, splat(-1.60960333262415e-2));
  let q = madd(splat(-1.45660718464996e-5), z, splat(-2.13374055278905e-4));
  q = madd(q, z, splat(-1.68282697438203e-3));
  q = madd(q, z, splat(-7.37332916720468e-3));
  q = madd(q, z, splat(-1.42647390514189e-2));
  return f32x4.mul(held, f32x4.div(p, q));
}

/** x Φ(x), with the normal distribution Φ. */
export function gelu(x: v128): v128 {
  const twice = f32x4.add(splat(1), erf(f32x4.mul(x, splat(0.7071067811865476))));
  return f32x4.mul(f32x4.mul(splat(0.5), x), twice);
}

/** dy (Φ(x) + x φ(x)), with the normal distribution and its density. */
export function geluGradient(dy: v128, x: v128): v128 {
  const u = f32x4.mul(x, splat(0.7071067811865476));
  const twice = f32x4.add(splat(1), erf(u));
  const density = f32x4.mul(splat(1.1283791670955126), exp(f32x4.neg(f32x4.mul(u, u))));
  const inner = f32x4.mul(f32x4.mul(f32x4.mul(dy, f32x4.mul(splat(0.5), x)), density), splat(0.7071067811865476));
  return f32x4.add(inner, f32x4.mul(f32x4.mul(dy, twice), splat(0.5)));
}

/** a^b by the library's function, one at a time; as in JavaScript, with NaN for a NaN exponent. */
export function pow(a: v128, b: v128): v128 {
  let y = f32x4.splat(power(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
  y = f32x4.replace_lane(y, 1, power(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
  y = f32x4.replace_lane(y, 2, power(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
  return f32x4.replace_lane(y, 3, power(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
}

function power(a: f32, b: f32): f32 {
  return b != b ? b : Mathf.pow(a, b);
}

/** The sum of a vector's elements, always in the same order. */
@inline
export function total(x: v128): f32 {
  const pairs = f32x4.add(x, i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The exponential and logarithm of one number. */
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp(splat(x)), 0);
}

export function log1(x: f32): f32 {
  return f32x4.extract_lane(log(splat(x)), 0);
}
