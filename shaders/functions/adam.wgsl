// adam.wgsl: Adam (Kingma, Ba, 2015), AdamW (Loshchilov, Hutter, 2019) and NAdam (Dozat, 2016) as in torch.optim.
//
//   g = gradient + weight_decay p
//   m = beta1 m + (1 - beta1) g;   v = beta2 v + (1 - beta2) g²
//   amsgrad:   v_max = max(v, v_max), which stands for v from here on
//   decoupled: p = (1 - learning_rate weight_decay) p
//   p = p - (step_size m + (nesterov: gradient_step g)) / (√(v bias_correction + epsilon_in_root) + epsilon)

/// Differences and bias corrections come from the host in float64: in f32, 1 - 0.999 is off by 1.3e-5.
struct Hyperparameters {
  step_size: f32, // learning_rate / (1 - beta1^t)
  weight_decay: f32,
  beta1: f32,
  one_minus_beta1: f32,
  beta2: f32,
  one_minus_beta2: f32,
  bias_correction: f32, // 1 / (1 - beta2^t)
  epsilon: f32,
  one_minus_decay: f32, // of decoupled decay: 1 - learning_rate weight_decay
  gradient_step: f32, // of the gradient itself (nesterov)
  epsilon_in_root: f32,
}

struct Flags {
  amsgrad: bool,
  decoupled: bool,
  nesterov: bool,
}

struct State {
  m: f32, // moving average of the gradient
  v: f32, // of its square
  v_max: f32, // the largest v so far (amsgrad)
}

fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters, flags: Flags) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*state).m = h.beta1 * (*state).m + h.one_minus_beta1 * g;
  (*state).v = h.beta2 * (*state).v + h.one_minus_beta2 * g * g;
  var v = (*state).v;
  if (flags.amsgrad) {
    v = max(v, (*state).v_max);
    (*state).v_max = v;
  }
  var direction = h.step_size * (*state).m;
  if (flags.nesterov) {
    direction += h.gradient_step * g;
  }
  let root = sqrt(v * h.bias_correction + h.epsilon_in_root);
  return select(p, h.one_minus_decay * p, flags.decoupled) - direction / (root + h.epsilon);
}
