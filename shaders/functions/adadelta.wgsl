// adadelta.wgsl: Adadelta (Zeiler, 2012) as torch.optim.Adadelta.
//
//   g = gradient + weight_decay p
//   s = rho s + (1 - rho) g²
//   change = √(d + epsilon) / √(s + epsilon) g
//   d = rho d + (1 - rho) change²
//   p = p - learning_rate change

struct Hyperparameters {
  learning_rate: f32,
  weight_decay: f32,
  rho: f32,
  one_minus_rho: f32,
  epsilon: f32,
}

struct State {
  s: f32, // moving average of the gradient's square
  d: f32, // of the change's square
}

fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*state).s = h.rho * (*state).s + h.one_minus_rho * g * g;
  let change = sqrt((*state).d + h.epsilon) / sqrt((*state).s + h.epsilon) * g;
  (*state).d = h.rho * (*state).d + h.one_minus_rho * change * change;
  return p - h.learning_rate * change;
}
