// fold.wgsl: images to which overlapping patches add up: the reverse of unfold.wgsl (col2im).
//
//   p   [images, WINDOWS_Y, WINDOWS_X, KERNEL_Y, KERNEL_X, CHANNELS] f32
//   y   [images, HEIGHT, WIDTH, CHANNELS] f32
//
// Each element of an image looks for the windows that it lies in, one for each place in the kernel at most: no two
// invocations write to one element, and terms are added in the kernel's order.
// Grid: each(i), one invocation per element of y.
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, KERNEL_Y, WIDTH, WINDOWS_X, WINDOWS_Y, window_over
// Glue webgpu/glue.ts: p_at(i: u32) -> f32, store(i: u32, value: f32)

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
        let patch_number = (image * WINDOWS_Y + window.y) * WINDOWS_X + window.x;
        sum += p_at(((patch_number * KERNEL_Y + kernel_y) * KERNEL_X + kernel_x) * CHANNELS + channel);
      }
    }
  }
  store(i, sum);
}
