// depthwise-input-gradient.wgsl: the gradient of depthwise.wgsl for its images.
//
//     dx[n, place, c] = Σ dy[n, window, c] w[tap, c] over the taps whose window is over the place, in order
//
//   dy   [images, WINDOWS_Y, WINDOWS_X, CHANNELS] f32
//   w    [KERNEL_Y, KERNEL_X, CHANNELS] f32
//   dx   [images, HEIGHT, WIDTH, CHANNELS] f32
//
// Grid: each(i), one invocation per element of dx.
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, KERNEL_Y, WIDTH, WINDOWS_X, WINDOWS_Y, window_over
// Glue webgpu/glue.ts: dy_at(i: u32) -> f32, w_at(i: u32) -> f32, store(i: u32, value: f32)

fn each(i: u32) {
  let channel = i % CHANNELS;
  let pixel = i / CHANNELS;
  let image = pixel / (HEIGHT * WIDTH);
  let place = vec2<u32>(pixel % WIDTH, pixel / WIDTH % HEIGHT);
  var sum = 0.0;
  for (var kernel_y = 0u; kernel_y < KERNEL_Y; kernel_y++) {
    for (var kernel_x = 0u; kernel_x < KERNEL_X; kernel_x++) {
      let window = window_over(place, vec2<u32>(kernel_x, kernel_y));
      if (window.y < WINDOWS_Y && window.x < WINDOWS_X) {
        let weight = w_at((kernel_y * KERNEL_X + kernel_x) * CHANNELS + channel);
        sum += dy_at(((image * WINDOWS_Y + window.y) * WINDOWS_X + window.x) * CHANNELS + channel) * weight;
      }
    }
  }
  store(i, sum);
}
