// philox.wgsl: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), the same bits as src/core/random.ts.
// Four uniform 32-bit words for a 128-bit counter and a 64-bit key.

fn multiply_high(a: u32, b: u32) -> u32 {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let b_low = b & 0xffffu;
  let b_high = b >> 16u;
  let middle = a_high * b_low + ((a_low * b_low) >> 16u);
  let middle_low = (middle & 0xffffu) + a_low * b_high;
  return a_high * b_high + (middle >> 16u) + (middle_low >> 16u);
}

fn philox(first_counter: vec4<u32>, first_key: vec2<u32>) -> vec4<u32> {
  var counter = first_counter;
  var key = first_key;
  for (var round = 0u; round < 10u; round++) {
    counter = vec4<u32>(
      multiply_high(counter.z, 0xcd9e8d57u) ^ counter.y ^ key.x,
      counter.z * 0xcd9e8d57u,
      multiply_high(counter.x, 0xd2511f53u) ^ counter.w ^ key.y,
      counter.x * 0xd2511f53u,
    );
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}
