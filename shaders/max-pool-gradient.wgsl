// max-pool-gradient.wgsl: the gradient of max-pool.wgsl: each window's goes to the first of its largest elements.
//
//   dy   [images, WINDOWS_Y, WINDOWS_X, CHANNELS] f32
//   x    [images, HEIGHT, WIDTH, CHANNELS] f32
//   dx   [images, HEIGHT, WIDTH, CHANNELS] f32
//
// Each element looks at the windows that it lies in, in order of the kernel's taps: no two invocations write to one.
// Grid: each(i), one invocation per element of dx.
// Needs functions/largest.wgsl: place_of_largest
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, KERNEL_Y, WIDTH, WINDOWS_X, WINDOWS_Y, window_over
// Glue webgpu/glue.ts: dy_at(i: u32) -> f32, store(i: u32, value: f32)

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
        if (place_of_largest(image, window, channel) == i) {
          sum += dy_at(((image * WINDOWS_Y + window.y) * WINDOWS_X + window.x) * CHANNELS + channel);
        }
      }
    }
  }
  store(i, sum);
}
