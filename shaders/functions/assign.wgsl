// assign.wgsl: a variable's element takes another value, in the form of an optimizer's update.
//
//   p = value

struct Hyperparameters {
  unused: f32, // a struct has a member at least
}

fn update(p: f32, value: f32, h: Hyperparameters) -> f32 {
  return value;
}
