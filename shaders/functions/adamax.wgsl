// adamax.wgsl: Adamax (Kingma, Ba, 2015, section 7.1) as torch.optim.Adamax.
//
//   g = gradient + weight_decay p
//   m = beta1 m + (1 - beta1) g;   u = max(beta2 u, |g| + epsilon)
//   p = p - step_size m / u

struct Hyperparameters {
  step_size: f32, // learning_rate / (1 - beta1^t)
  weight_decay: f32,
  beta1: f32,
  one_minus_beta1: f32,
  beta2: f32,
  epsilon: f32,
}

struct State {
  m: f32, // moving average of the gradient
  u: f32, // decaying maximum of its magnitude
}

fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*state).m = h.beta1 * (*state).m + h.one_minus_beta1 * g;
  (*state).u = max(h.beta2 * (*state).u, abs(g) + h.epsilon);
  return p - h.step_size * (*state).m / (*state).u;
}
