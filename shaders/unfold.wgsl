// unfold.wgsl: the patches of images under each window of a kernel, 0 outside (im2col).
//
//   x   [images, HEIGHT, WIDTH, CHANNELS] f32
//   y   [images, WINDOWS_Y, WINDOWS_X, KERNEL_Y, KERNEL_X, CHANNELS] f32
//
// For patches that products can't walk over, and to compare with those that can.
// Grid: each(i), one invocation per element of y.
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, KERNEL_Y, WIDTH, WINDOWS_X, WINDOWS_Y, place_in_image
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)

fn each(i: u32) {
  let tap = i / CHANNELS;
  let window = tap / (KERNEL_Y * KERNEL_X);
  let at = place_in_image(
    vec2<u32>(window % WINDOWS_X, window / WINDOWS_X % WINDOWS_Y),
    vec2<u32>(tap % KERNEL_X, tap / KERNEL_X % KERNEL_Y),
  );
  var value = 0.0;
  if (at.y < HEIGHT && at.x < WIDTH) {
    let image = window / (WINDOWS_Y * WINDOWS_X);
    value = x_at(((image * HEIGHT + at.y) * WIDTH + at.x) * CHANNELS + i % CHANNELS);
  }
  store(i, value);
}
