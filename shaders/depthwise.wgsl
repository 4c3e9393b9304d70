// depthwise.wgsl: a convolution of each channel on its own.
//
//     y[n, window, c] = Σ x[n, window + tap, c] w[tap, c], in order of the kernel's taps
//
//   x   [images, HEIGHT, WIDTH, CHANNELS] f32
//   w   [KERNEL_Y, KERNEL_X, CHANNELS] f32
//   y   [images, WINDOWS_Y, WINDOWS_X, CHANNELS] f32
//
// Grid: each(i), one invocation per element of y.
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, KERNEL_Y, WIDTH, WINDOWS_X, WINDOWS_Y, place_in_image
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, w_at(i: u32) -> f32, store(i: u32, value: f32)

fn each(i: u32) {
  let channel = i % CHANNELS;
  let window = i / CHANNELS;
  let image = window / (WINDOWS_Y * WINDOWS_X);
  let first = vec2<u32>(window % WINDOWS_X, window / WINDOWS_X % WINDOWS_Y);
  var sum = 0.0;
  for (var kernel_y = 0u; kernel_y < KERNEL_Y; kernel_y++) {
    for (var kernel_x = 0u; kernel_x < KERNEL_X; kernel_x++) {
      let at = place_in_image(first, vec2<u32>(kernel_x, kernel_y));
      if (at.y < HEIGHT && at.x < WIDTH) {
        let weight = w_at((kernel_y * KERNEL_X + kernel_x) * CHANNELS + channel);
        sum += x_at(((image * HEIGHT + at.y) * WIDTH + at.x) * CHANNELS + channel) * weight;
      }
    }
  }
  store(i, sum);
}
