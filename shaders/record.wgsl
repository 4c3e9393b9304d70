// record.wgsl: results[step, SLOT] = (value, 1 where it is NaN or infinite).
//
//   results   [steps, SLOTS, 2] f32
//   value     [] f32
//
// Grid: one invocation.
// Needs: functions/grid.wgsl, functions/step.wgsl, functions/finite.wgsl

override SLOTS: u32;
override SLOT: u32;

@group(1) @binding(0) var<storage, read_write> results: array<f32>;
@group(1) @binding(1) var<storage, read> value: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  if (linear_index(workgroup, count, local) == 0u) {
    let at = (step_record.index * SLOTS + SLOT) * 2u;
    results[at] = value[0];
    results[at + 1u] = select(1.0, 0.0, is_finite(value[0]));
  }
}
