// rmsprop.wgsl: RMSprop (Hinton, lecture 6e, 2012) as torch.optim.RMSprop.
//
//   g = gradient + weight_decay p
//   s = alpha s + (1 - alpha) g²
//   centered: mean = alpha mean + (1 - alpha) g;   d = √(s - mean² + epsilon_in_root) + epsilon
//   else      d = √(s + epsilon_in_root) + epsilon
//   momentum: velocity = momentum velocity + g / d;   p = p - learning_rate velocity
//   else      p = p - learning_rate g / d

struct Hyperparameters {
  learning_rate: f32,
  weight_decay: f32,
  alpha: f32,
  one_minus_alpha: f32,
  epsilon: f32,
  momentum: f32,
  epsilon_in_root: f32,
}

struct Flags {
  centered: bool,
  momentum: bool,
}

struct State {
  s: f32, // moving average of the gradient's square
  mean: f32, // of the gradient (centered)
  velocity: f32, // kept with momentum
}

fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters, flags: Flags) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*state).s = h.alpha * (*state).s + h.one_minus_alpha * g * g;
  var variance = (*state).s;
  if (flags.centered) {
    (*state).mean = h.alpha * (*state).mean + h.one_minus_alpha * g;
    variance -= (*state).mean * (*state).mean;
  }
  // Rounding may leave a variance below 0.
  var direction = g / (sqrt(max(variance, 0.0) + h.epsilon_in_root) + h.epsilon);
  if (flags.momentum) {
    direction += h.momentum * (*state).velocity;
    (*state).velocity = direction;
  }
  return p - h.learning_rate * direction;
}
