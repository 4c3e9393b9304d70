// update.wgsl: one optimizer step of a parameter, in place.
//
//   parameter   [SIZE] f32
//   gradient    [SIZE] f32
//   state       [MOMENTS, SIZE] f32, bound by the glue where the rule keeps any
//
// The rule is a function of functions/sgd.wgsl, rmsprop.wgsl or adam.wgsl: update(p, g, moments) returns the new p and
// changes the moments. Glue: load_moments(i), store_moments(i, moments), and FIRST, the place of the rule's own
// hyperparameters.
// Grid: one invocation per element, folded.
// Needs: functions/grid.wgsl, functions/step.wgsl, one of the rules

override SIZE: u32;
override FIRST: u32;

@group(1) @binding(0) var<storage, read_write> parameter: array<f32>;
@group(1) @binding(1) var<storage, read> gradient: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index < SIZE) {
    var moments = load_moments(index);
    parameter[index] = update(parameter[index], gradient[index], &moments);
    store_moments(index, moments);
  }
}
