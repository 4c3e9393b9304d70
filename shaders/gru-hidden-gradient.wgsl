// gru-hidden-gradient.wgsl: the gradient of a GRU's hidden sums by that of its inputs': the last gate's times the gate r.
//
//   dz      [places, 3 HIDDEN] f32
//   forward [places, 4 HIDDEN] f32, as recurrence.wgsl made it: h, r, ...
//   result  [places, 3 HIDDEN] f32
//
// Grid: each(i), one invocation per element.
// Glue webgpu/glue.ts: dz_at(i: u32) -> f32, forward_at(i: u32) -> f32, store(i: u32, value: f32)

override HIDDEN: u32;

fn each(i: u32) {
  let column = i % (3u * HIDDEN);
  var factor = 1.0;
  if (column >= 2u * HIDDEN) {
    factor = forward_at(i / (3u * HIDDEN) * 4u * HIDDEN + column - HIDDEN);
  }
  store(i, dz_at(i) * factor);
}
