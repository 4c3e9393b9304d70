// rmsprop.wgsl: RMSprop as torch.optim.RMSprop; the formula is in src/ops/update.ts.
// Moments: x the mean square, y the mean (centered), z the velocity (momentum).
// Glue webgpu/chain.ts: const CENTERED: bool, const MOMENTUM: bool

struct Hyperparameters {
  learning_rate: f32,
  weight_decay: f32,
  alpha: f32,
  rest: f32, // 1 - alpha
  epsilon: f32,
  momentum: f32,
  inner: f32, // epsilon inside the root
}

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*moments).x = h.alpha * (*moments).x + h.rest * g * g;
  var variance = (*moments).x;
  if (CENTERED) {
    (*moments).y = h.alpha * (*moments).y + h.rest * g;
    variance -= (*moments).y * (*moments).y;
  }
  var direction = g / (sqrt(max(variance, 0.0) + h.inner) + h.epsilon);
  if (MOMENTUM) {
    direction += h.momentum * (*moments).z;
    (*moments).z = direction;
  }
  return p - h.learning_rate * direction;
}
