// lion.wgsl: Lion (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023).
//
//   p = (1 - learning_rate weight_decay) p - learning_rate sign(beta1 m + (1 - beta1) gradient)
//   m = beta2 m + (1 - beta2) gradient

struct Hyperparameters {
  learning_rate: f32,
  one_minus_decay: f32, // 1 - learning_rate weight_decay
  beta1: f32,
  one_minus_beta1: f32,
  beta2: f32,
  one_minus_beta2: f32,
}

struct State {
  m: f32, // moving average of the gradient
}

fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters) -> f32 {
  let direction = h.beta1 * (*state).m + h.one_minus_beta1 * gradient;
  (*state).m = h.beta2 * (*state).m + h.one_minus_beta2 * gradient;
  return h.one_minus_decay * p - h.learning_rate * sign(direction);
}
