// depthwise-weight-gradient.wgsl: the gradient of depthwise.wgsl for its weight.
//
//     dw[tap, c] = Σ dy[n, window, c] x[n, window + tap, c] over all windows of all images
//
//   dy   [IMAGES, WINDOWS_Y, WINDOWS_X, CHANNELS] f32
//   x    [IMAGES, HEIGHT, WIDTH, CHANNELS] f32
//   dw   [KERNEL_Y, KERNEL_X, CHANNELS] f32
//
// Invocation l adds up windows l, l + 64, ...; the 64 sums are added in a tree. Always the same order.
// Grid: work(index, local), one workgroup of 64 per element of dw.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/window.wgsl: CHANNELS, HEIGHT, KERNEL_X, WIDTH, WINDOWS_X, WINDOWS_Y, place_in_image
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/glue.ts: dy_at(i: u32) -> f32, x_at(i: u32) -> f32, store(i: u32, value: f32)

override IMAGES: u32;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

fn work(index: u32, local: u32) {
  let channel = index % CHANNELS;
  let tap = index / CHANNELS;
  var sum = 0.0;
  for (var window = local; window < IMAGES * WINDOWS_Y * WINDOWS_X; window += WORKGROUP_SIZE) {
    let image = window / (WINDOWS_Y * WINDOWS_X);
    let first = vec2<u32>(window % WINDOWS_X, window / WINDOWS_X % WINDOWS_Y);
    let at = place_in_image(first, vec2<u32>(tap % KERNEL_X, tap / KERNEL_X));
    if (at.y < HEIGHT && at.x < WIDTH) {
      sum += dy_at(window * CHANNELS + channel) * x_at(((image * HEIGHT + at.y) * WIDTH + at.x) * CHANNELS + channel);
    }
  }
  let result = workgroup_reduce(sum, local);
  if (local == 0u) {
    store(index, result);
  }
}
