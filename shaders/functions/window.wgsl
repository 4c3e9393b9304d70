// window.wgsl: where the windows of a kernel lie on images, and the windows that an element of an image lies in.
//
// Window w begins at w * STRIDE - BEFORE, and element k of the kernel lies k * DILATION further on. Vectors are (x, y).
// A place outside wraps around and is out of range: compare with the size before reading.

override HEIGHT: u32;
override WIDTH: u32;
override CHANNELS: u32;
override WINDOWS_Y: u32;
override WINDOWS_X: u32;
override KERNEL_Y: u32;
override KERNEL_X: u32;
override STRIDE_Y: u32;
override STRIDE_X: u32;
override DILATION_Y: u32;
override DILATION_X: u32;
override BEFORE_Y: i32;
override BEFORE_X: i32;

/// The place in an image of an element of the kernel on a window.
fn place_in_image(window: vec2<u32>, kernel: vec2<u32>) -> vec2<u32> {
  let strides = vec2<u32>(STRIDE_X, STRIDE_Y);
  let dilations = vec2<u32>(DILATION_X, DILATION_Y);
  return vec2<u32>(vec2<i32>(window * strides + kernel * dilations) - vec2<i32>(BEFORE_X, BEFORE_Y));
}

/// The window whose element `kernel` of the kernel is at a place in an image; the largest number where there is none.
fn window_over(place: vec2<u32>, kernel: vec2<u32>) -> vec2<u32> {
  let strides = vec2<i32>(i32(STRIDE_X), i32(STRIDE_Y));
  let dilations = vec2<u32>(DILATION_X, DILATION_Y);
  let start = vec2<i32>(place) + vec2<i32>(BEFORE_X, BEFORE_Y) - vec2<i32>(kernel * dilations);
  let is_window = (start >= vec2<i32>(0)) & (start % strides == vec2<i32>(0));
  return select(vec2<u32>(0xffffffffu), vec2<u32>(start / strides), is_window);
}
