// adamax.wgsl: Adamax (Kingma, Ba, 2015) as torch.optim.Adamax; the formula is in src/ops/update.ts.
// Moments: x the mean, y the decaying maximum.

struct Hyperparameters {
  step_size: f32, // learning rate / (1 - beta1^t)
  weight_decay: f32,
  beta1: f32,
  rest1: f32, // 1 - beta1
  beta2: f32,
  epsilon: f32,
}

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*moments).x = h.beta1 * (*moments).x + h.rest1 * g;
  (*moments).y = max(h.beta2 * (*moments).y, abs(g) + h.epsilon);
  return p - h.step_size * (*moments).x / (*moments).y;
}
