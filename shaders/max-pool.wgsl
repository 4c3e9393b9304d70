// max-pool.wgsl: the largest element of each channel under each window. What is outside an image doesn't count.
//
//   x   [images, HEIGHT, WIDTH, CHANNELS] f32
//   y   [images, WINDOWS_Y, WINDOWS_X, CHANNELS] f32
//
// A NaN under a window is its largest.
// Grid: each(i), one invocation per element of y.
// Needs functions/largest.wgsl: place_of_largest
// Needs functions/window.wgsl: CHANNELS, WINDOWS_X, WINDOWS_Y
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)

fn each(i: u32) {
  let window = i / CHANNELS;
  let image = window / (WINDOWS_Y * WINDOWS_X);
  let place = vec2<u32>(window % WINDOWS_X, window / WINDOWS_X % WINDOWS_Y);
  store(i, x_at(place_of_largest(image, place, i % CHANNELS)));
}
