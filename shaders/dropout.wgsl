// dropout.wgsl: y = x scaled where the element is kept, 0 where it is dropped.
//
//   x   [SIZE] f32
//   y   [SIZE] f32
//
// Element i is dropped when its 32 random bits, lane i mod 4 of Philox([i / 4, step, STREAM, LAYER], seed), are below
// THRESHOLD: the same elements as on the CPU. The gradient is the same kernel on dy.
// Glue: SCALE, 1 / (1 - rate).
// Grid: one invocation per element, folded.
// Needs: functions/grid.wgsl, functions/step.wgsl, functions/philox.wgsl

override SIZE: u32;
override STREAM: u32;
override LAYER: u32;
override THRESHOLD: u32;

@group(1) @binding(0) var<storage, read> x: array<f32>;
@group(1) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index < SIZE) {
    let bits = philox(vec4<u32>(index / 4u, step_record.number, STREAM, LAYER), step_record.seed)[index % 4u];
    y[index] = select(0.0, x[index] * SCALE, bits >= THRESHOLD);
  }
}
