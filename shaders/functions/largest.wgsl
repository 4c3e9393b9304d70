// largest.wgsl: where the largest element under a window is, of equal ones the first, as in PyTorch. A NaN is the largest.
// Needs functions/finite.wgsl: is_nan
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, KERNEL_Y, WIDTH, place_in_image
// Glue webgpu/glue.ts: x_at(i: u32) -> f32

fn place_of_largest(image: u32, window: vec2<u32>, channel: u32) -> u32 {
  var largest = 0.0;
  var found = 0u;
  var is_first = true;
  for (var kernel_y = 0u; kernel_y < KERNEL_Y; kernel_y++) {
    for (var kernel_x = 0u; kernel_x < KERNEL_X; kernel_x++) {
      let at = place_in_image(window, vec2<u32>(kernel_x, kernel_y));
      if (at.y < HEIGHT && at.x < WIDTH) {
        let place = ((image * HEIGHT + at.y) * WIDTH + at.x) * CHANNELS + channel;
        let value = x_at(place);
        if (is_first || value > largest || (is_nan(value) && !is_nan(largest))) {
          largest = value;
          found = place;
          is_first = false;
        }
      }
    }
  }
  return found;
}
