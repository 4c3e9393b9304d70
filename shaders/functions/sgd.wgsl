// sgd.wgsl: stochastic gradient descent with momentum, as torch.optim.SGD.
//
//   g = gradient + weight_decay p
//   momentum: velocity = momentum velocity + (1 - dampening) g   (the first step takes velocity = g)
//   p = p - learning_rate (nesterov ? g + momentum velocity : velocity), or, without momentum, p - learning_rate g

struct Hyperparameters {
  learning_rate: f32,
  weight_decay: f32,
  momentum: f32,
  one_minus_dampening: f32,
}

struct Flags {
  momentum: bool,
  nesterov: bool,
}

struct State {
  velocity: f32, // kept with momentum
}

fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters, flags: Flags) -> f32 {
  let g = gradient + h.weight_decay * p;
  var direction = g;
  if (flags.momentum) {
    let velocity = h.momentum * (*state).velocity + h.one_minus_dampening * g;
    (*state).velocity = velocity;
    direction = select(velocity, g + h.momentum * velocity, flags.nesterov);
  }
  return p - h.learning_rate * direction;
}
