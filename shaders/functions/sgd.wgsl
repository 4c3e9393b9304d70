// sgd.wgsl: stochastic gradient descent as torch.optim.SGD; the formula is in src/ops/update.ts.
// Moments: x the velocity. Hyperparameters: learningRate, weightDecay, momentum, 1 - dampening.
// Glue: MOMENTUM, NESTEROV.

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>) -> f32 {
  let momentum = hyperparameter(FIRST + 2u);
  let g = gradient + hyperparameter(FIRST + 1u) * p;
  var direction = g;
  if (MOMENTUM) {
    let velocity = momentum * (*moments).x + hyperparameter(FIRST + 3u) * g;
    (*moments).x = velocity;
    direction = select(velocity, g + momentum * velocity, NESTEROV);
  }
  return p - hyperparameter(FIRST) * direction;
}
