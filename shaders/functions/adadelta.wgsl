// adadelta.wgsl: Adadelta (Zeiler, 2012) as torch.optim.Adadelta; the formula is in src/ops/update.ts.
// Moments: x the mean square of gradients, y that of changes.

struct Hyperparameters {
  learning_rate: f32,
  weight_decay: f32,
  rho: f32,
  rest: f32, // 1 - rho
  epsilon: f32,
}

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*moments).x = h.rho * (*moments).x + h.rest * g * g;
  let change = sqrt((*moments).y + h.epsilon) / sqrt((*moments).x + h.epsilon) * g;
  (*moments).y = h.rho * (*moments).y + h.rest * change * change;
  return p - h.learning_rate * change;
}
