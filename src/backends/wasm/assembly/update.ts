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
  const inner = hyperparameter(first + 6);
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
    const root = f32x4.sqrt(f32x4.add(f32x4.max(variance, f32x4.splat(0)), inner));
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

/** @param flags - 1: amsgrad, 2: decoupled, 4: Nesterov's; state: mean, mean square, then its largest value (amsgrad) */
export function adam(
  p: usize, g: usize, stepG: usize, mean: usize, size: usize, first: i32, flags: i32, count: i32,
): void {
  const stepSize = f32x4.neg(hyperparameter(first));
  const weightDecay = hyperparameter(first + 1);
  const beta1 = hyperparameter(first + 2);
  const rest1 = hyperparameter(first + 3);
  const beta2 = hyperparameter(first + 4);
  const rest2 = hyperparameter(first + 5);
  const correction = hyperparameter(first + 6);
  const epsilon = hyperparameter(first + 7);
  const shrink = hyperparameter(first + 8);
  const gradientStep = f32x4.neg(hyperparameter(first + 9));
  const inner = hyperparameter(first + 10);
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
    const root = f32x4.add(f32x4.sqrt(madd(v, correction, inner)), epsilon);
    const from = flags & 2 ? f32x4.mul(shrink, parameter) : parameter;
    let changed = madd(stepSize, f32x4.div(m, root), from);
    if (flags & 4) changed = madd(gradientStep, f32x4.div(gradient, root), changed);
    storeSome(p, changed, left);
    p += 16;
    g += stepG;
    mean += 16;
    square += 16;
    largest += 16;
  }
}

/** State: mean, decaying maximum. */
export function adamax(p: usize, g: usize, stepG: usize, mean: usize, size: usize, first: i32, count: i32): void {
  const stepSize = f32x4.neg(hyperparameter(first));
  const weightDecay = hyperparameter(first + 1);
  const beta1 = hyperparameter(first + 2);
  const rest1 = hyperparameter(first + 3);
  const beta2 = hyperparameter(first + 4);
  const epsilon = hyperparameter(first + 5);
  let largest = mean + 4 * size;
  for (let left = count; left > 0; left -= 4) {
    const parameter = v128.load(p);
    const gradient = madd(weightDecay, parameter, v128.load(g));
    const m = normalOrZero(madd(beta1, v128.load(mean), f32x4.mul(rest1, gradient)));
    const u = f32x4.max(f32x4.mul(beta2, v128.load(largest)), f32x4.add(f32x4.abs(gradient), epsilon));
    storeSome(mean, m, left);
    storeSome(largest, u, left);
    storeSome(p, madd(stepSize, f32x4.div(m, u), parameter), left);
    p += 16;
    g += stepG;
    mean += 16;
    largest += 16;
  }
}

/** State: mean square of gradients, mean square of changes. */
export function adadelta(p: usize, g: usize, stepG: usize, square: usize, size: usize, first: i32, count: i32): void {
  const learningRate = f32x4.neg(hyperparameter(first));
  const weightDecay = hyperparameter(first + 1);
  const rho = hyperparameter(first + 2);
  const rest = hyperparameter(first + 3);
  const epsilon = hyperparameter(first + 4);
  let changes = square + 4 * size;
  for (let left = count; left > 0; left -= 4) {
    const parameter = v128.load(p);
    const gradient = madd(weightDecay, parameter, v128.load(g));
    const s = normalOrZero(madd(rho, v128.load(square), f32x4.mul(f32x4.mul(rest, gradient), gradient)));
    const d = v128.load(changes);
    const ratio = f32x4.div(f32x4.sqrt(f32x4.add(d, epsilon)), f32x4.sqrt(f32x4.add(s, epsilon)));
    const change = f32x4.mul(ratio, gradient);
    storeSome(square, s, left);
    storeSome(changes, normalOrZero(madd(rho, d, f32x4.mul(f32x4.mul(rest, change), change))), left);
    storeSome(p, madd(learningRate, change, parameter), left);
    p += 16;
    g += stepG;
    square += 16;
    changes += 16;
  }
}

/** State: mean. */
export function lion(p: usize, g: usize, stepG: usize, mean: usize, first: i32, count: i32): void {
  const learningRate = hyperparameter(first);
  const shrink = hyperparameter(first + 1);
  const beta1 = hyperparameter(first + 2);
  const rest1 = hyperparameter(first + 3);
  const beta2 = hyperparameter(first + 4);
  const rest2 = hyperparameter(first + 5);
  const zero = f32x4.splat(0);
  for (let left = count; left > 0; left -= 4) {
    const gradient = v128.load(g);
    const m = v128.load(mean);
    const direction = madd(beta1, m, f32x4.mul(rest1, gradient));
    const up = v128.and(learningRate, f32x4.gt(direction, zero));
    const down = v128.and(learningRate, f32x4.lt(direction, zero));
    storeSome(mean, normalOrZero(madd(beta2, m, f32x4.mul(rest2, gradient))), left);
    // A NaN has no sign and must not vanish: it goes on through what is added to nothing.
    const spoiled = v128.andnot(direction, f32x4.eq(direction, direction));
    storeSome(p, f32x4.add(f32x4.add(madd(shrink, v128.load(p), f32x4.neg(up)), down), spoiled), left);
    p += 16;
    g += stepG;
    mean += 16;
  }
}
