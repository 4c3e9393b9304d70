// lion.wgsl: Lion (Chen et al., 2023); the formula is in src/ops/update.ts.
// Moments: x the mean.

struct Hyperparameters {
  learning_rate: f32,
  shrink: f32, // what is left of a parameter: 1 - learning rate × weight decay
  beta1: f32,
  rest1: f32, // 1 - beta1
  beta2: f32,
  rest2: f32, // 1 - beta2
}

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>, h: Hyperparameters) -> f32 {
  let direction = h.beta1 * (*moments).x + h.rest1 * gradient;
  (*moments).x = h.beta2 * (*moments).x + h.rest2 * gradient;
  return h.shrink * p - h.learning_rate * sign(direction);
}
