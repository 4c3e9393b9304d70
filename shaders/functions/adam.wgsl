// adam.wgsl: Adam (Kingma, Ba, 2015), AdamW and NAdam as in torch.optim; the formulas are in src/ops/update.ts.
// Moments: x the mean, y the mean square, z its largest value so far (amsgrad).
// Glue webgpu/chain.ts: const AMSGRAD: bool, const DECOUPLED: bool, const NESTEROV: bool

/// The differences and bias corrections come from the host in float64: in f32, 1 - 0.999 is off by 1.3e-5.
struct Hyperparameters {
  step_size: f32, // of the mean
  weight_decay: f32,
  beta1: f32,
  rest1: f32, // 1 - beta1
  beta2: f32,
  rest2: f32, // 1 - beta2
  correction: f32, // 1 / (1 - beta2^t)
  epsilon: f32,
  shrink: f32, // what is left of a parameter (decoupled)
  gradient_step: f32, // of the gradient itself (nesterov)
  inner: f32, // epsilon inside the root
}

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>, h: Hyperparameters) -> f32 {
  let g = gradient + h.weight_decay * p;
  (*moments).x = h.beta1 * (*moments).x + h.rest1 * g;
  (*moments).y = h.beta2 * (*moments).y + h.rest2 * g * g;
  var v = (*moments).y;
  if (AMSGRAD) {
    v = max(v, (*moments).z);
    (*moments).z = v;
  }
  var direction = h.step_size * (*moments).x;
  if (NESTEROV) {
    direction += h.gradient_step * g;
  }
  return select(p, h.shrink * p, DECOUPLED) - direction / (sqrt(v * h.correction + h.inner) + h.epsilon);
}
