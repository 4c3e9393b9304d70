// rotate.wgsl: pairs of features of each head turned by the angle of their place.
//
//     y[i] = x[i] cos - x[i + SIZE / 2] sin      y[i + SIZE / 2] = x[i + SIZE / 2] cos + x[i] sin
//
//   x      [batch, TIME, FEATURES] f32, of which the first ROTATED are in heads of SIZE and turned
//   waves  [TIME, 2, SIZE / 2] f32, cosines and sines
//   y      [batch, TIME, FEATURES] f32
//
// Grid: each(i), one invocation per element.
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, waves_at(i: u32) -> f32, store(i: u32, value: f32)

override TIME: u32;
override FEATURES: u32;
override ROTATED: u32;
override SIZE: u32;
/// -1 where angles are turned back.
override TURN: f32;

fn each(i: u32) {
  let feature = i % FEATURES;
  if (feature >= ROTATED) {
    store(i, x_at(i));
    return;
  }
  let half = SIZE / 2u;
  let is_first = feature % SIZE < half;
  let wave = i / FEATURES % TIME * SIZE + feature % half;
  let cosine = waves_at(wave);
  let sine = TURN * waves_at(wave + half);
  if (is_first) {
    store(i, x_at(i) * cosine - x_at(i + half) * sine);
  } else {
    store(i, x_at(i) * cosine + x_at(i - half) * sine);
  }
}
