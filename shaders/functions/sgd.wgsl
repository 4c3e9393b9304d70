// sgd.wgsl: stochastic gradient descent as torch.optim.SGD; the formula is in src/ops/update.ts.
// Moments: x the velocity.
// Glue webgpu/chain.ts: const MOMENTUM: bool, const NESTEROV: bool

struct Hyperparameters {
  learning_rate: f32,
  weight_decay: f32,
  momentum: f32,
  undamped: f32, // 1 - dampening
}

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  var direction = g;
  if (MOMENTUM) {
    let velocity = h.momentum * (*moments).x + h.undamped * g;
    (*moments).x = velocity;
    direction = select(velocity, g + h.momentum * velocity, NESTEROV);
  }
  return p - h.learning_rate * direction;
}
