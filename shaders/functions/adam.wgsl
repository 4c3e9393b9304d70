// adam.wgsl: Adam (Kingma, Ba, 2015) as torch.optim.Adam; the formula is in src/ops/update.ts.
// Moments: x the mean, y the mean square, z its largest value so far (amsgrad).
// Hyperparameters: stepSize, weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, rootCorrection, epsilon. The differences
// and bias corrections come from the host in float64: in f32, 1 - 0.999 is off by 1.3e-5.
// Glue: AMSGRAD.

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>) -> f32 {
  let g = gradient + hyperparameter(FIRST + 1u) * p;
  (*moments).x = hyperparameter(FIRST + 2u) * (*moments).x + hyperparameter(FIRST + 3u) * g;
  (*moments).y = hyperparameter(FIRST + 4u) * (*moments).y + hyperparameter(FIRST + 5u) * g * g;
  var v = (*moments).y;
  if (AMSGRAD) {
    v = max(v, (*moments).z);
    (*moments).z = v;
  }
  return p - hyperparameter(FIRST) * (*moments).x / (sqrt(v) * hyperparameter(FIRST + 6u) + hyperparameter(FIRST + 7u));
}
