// Optimizer updates in place, on `count` elements from `start` of a parameter of `size`; the formulas are in
// src/ops/update.ts. Moments lie one after the other in the state, `size` elements each. Hyperparameters are read by their
// place after `first`; differences such as 1 - beta2 come from the host in float64.
//
// Elements past the end are computed with the last vector and not written, so that every element is computed alike.
// Moments that have decayed below the normal numbers become 0: arithmetic on such takes a hundred times as long.

import { madd } from "./math";
import { storeSome } from "./memory";
import { hyperparameter } from "./step";

@inline
function normalOrZero(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1.17549435e-38)));
}

/** @param flags - 1: momentum, 2: Nesterov's */
export function sgd(p: usize, g: usize, stepG: usize, v: usize, first: i32, flags: i32, count: i32): void {
  const learningRate = f32x4.neg(hyperparameter(first));
  const weightDecay = hyperparameter(first + 1);
  const momentum = hyperparameter(first + 2);
  const undamped = hyperparameter(first + 3);
  for (let left = count; left > 0; left -= 4) {
    const parameter = v128.load(p);
    const gradient = madd(weightDecay, parameter, v128.load(g));
    let direction = gradient;
    if (flags & 1) {
      direction = normalOrZero(madd(momentum, v128.load(v), f32x4.mul(undamped, gradient)));
      storeSome(v, direction, left);
      if (flags & 2) direction = madd(momentum, direction, gradient);
      v += 16;
    }
    storeSome(p, madd(learningRate, direction, parameter), left);
    p += 16;
    g += stepG;
  }
}

/** @param flags - 1: centered, 2: momentum; state: mean square, then mean (centered), then velocity (momentum) */
export function rmsprop(
  p: usize, g: usize, stepG: usize, square: usize, size: usize, first: i32, flags: i32, count: i32,
): void {
  const learningRate = f32x4.neg(hyperparameter(first));
  const weightDecay = hyperparameter(first + 1);
  const alpha = hyperparameter(first + 2);
  const rest = hyperparameter(first + 3);
  const epsilon = hyperparameter(first + 4);
  const momentum = hyperparameter(first + 5);
  let mean = square + 4 * size;
  let velocity = flags & 1 ? mean + 4 * size : mean;
  for (let left = count; left > 0; left -= 4) {
    const parameter = v128.load(p);
    const gradient = madd(weightDecay, parameter, v128.load(g));
    const scaled = f32x4.mul(rest, gradient);
    let variance = normalOrZero(madd(alpha, v128.load(square), f32x4.mul(scaled, gradient)));
    storeSome(square, variance, left);
    if (flags & 1) {
      const average = normalOrZero(madd(alpha, v128.load(mean), scaled));
      storeSome(mean, average, left);
      variance = f32x4.sub(variance, f32x4.mul(average, average));
    }
    const root = f32x4.sqrt(f32x4.max(variance, f32x4.splat(0)));
    let direction = f32x4.div(gradient, f32x4.add(root, epsilon));
    if (flags & 2) {
      direction = normalOrZero(madd(momentum, v128.load(velocity), direction));
      storeSome(velocity, direction, left);
    }
    storeSome(p, madd(learningRate, direction, parameter), left);
    p += 16;
    g += stepG;
    square += 16;
    mean += 16;
    velocity += 16;
  }
}

/** @param flags - 1: amsgrad; state: mean, mean square, then its largest value so far (amsgrad) */
export function adam(
  p: usize, g: usize, stepG: usize, mean: usize, size: usize, first: i32, flags: i32, count: i32,
): void {
  const stepSize = f32x4.neg(hyperparameter(first));
  const weightDecay = hyperparameter(first + 1);
  const beta1 = hyperparameter(first + 2);
  const rest1 = hyperparameter(first + 3);
  const beta2 = hyperparameter(first + 4);
  const rest2 = hyperparameter(first + 5);
  const rootCorrection = hyperparameter(first + 6);
  const epsilon = hyperparameter(first + 7);
  let square = mean + 4 * size;
  let largest = square + 4 * size;
  for (let left = count; left > 0; left -= 4) {
    const parameter = v128.load(p);
    const gradient = madd(weightDecay, parameter, v128.load(g));
    const m = normalOrZero(madd(beta1, v128.load(mean), f32x4.mul(rest1, gradient)));
    let v = normalOrZero(madd(beta2, v128.load(square), f32x4.mul(f32x4.mul(rest2, gradient), gradient)));
    storeSome(mean, m, left);
    storeSome(square, v, left);
    if (flags & 1) {
      v = f32x4.max(v, v128.load(largest));
      storeSome(largest, v, left);
    }
    const root = madd(f32x4.sqrt(v), rootCorrection, epsilon);
    storeSome(p, madd(stepSize, f32x4.div(m, root), parameter), left);
    p += 16;
    g += stepG;
    mean += 16;
    square += 16;
    largest += 16;
  }
}
