// dropout.wgsl: x scaled where element `index` is kept, 0 where it is dropped.
//
// An element is dropped when its 32 random bits, lane index mod 4 of Philox([index / 4, step, stream, layer], seed), are below
// the threshold, whose halves are `high` and `low`: the same elements as on the CPU. The gradient is the same function on dy.
// Needs functions/philox.wgsl: philox
// Needs functions/step.wgsl: step_record

fn dropout(x: f32, index: u32, stream: u32, layer: u32, high: f32, low: f32, scale: f32) -> f32 {
  let bits = philox(vec4<u32>(index / 4u, step_record.number, stream, layer), step_record.seed)[index % 4u];
  return select(0.0, x * scale, bits >= (u32(high) << 16u) + u32(low));
}
