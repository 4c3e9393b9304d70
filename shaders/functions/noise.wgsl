// noise.wgsl: x + scale n, where n is as good as normal, with standard deviation √(24 + 1/6).
//
// n is made of Philox([index, step, stream, layer], seed): the heads among 96 coins less 48, and the difference of two
// 16-bit fractions. It fits 23 bits, so nothing is rounded before it is scaled: the same number as on the CPU.
// Needs functions/philox.wgsl: philox
// Needs functions/step.wgsl: step_record

fn noise(x: f32, index: u32, stream: u32, layer: u32, scale: f32) -> f32 {
  let bits = philox(vec4<u32>(index, step_record.number, stream, layer), step_record.seed);
  let heads = countOneBits(bits.xyz);
  let between = f32(i32(bits.w & 0xffffu) - i32(bits.w >> 16u)) / 65536.0;
  return x + scale * (f32(heads.x + heads.y + heads.z) - 48.0 + between);
}
