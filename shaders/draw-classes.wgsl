// draw-classes.wgsl: classes drawn at random, each the first whose limit is above a random word, or the last class.
//
//   limits  [CLASSES] u32, ascending
//   y       [samples] u32, classes
//
// Word i is lane i mod 4 of Philox([i / 4, step, STREAM, SOURCE], seed): the same classes as on the CPU.
// Grid: each(i), one invocation per class that is drawn.
// Needs functions/philox.wgsl: philox
// Needs functions/step.wgsl: step_record
// Glue webgpu/glue.ts: limits_at(i: u32) -> u32, store(i: u32, value: u32)

override CLASSES: u32;
override STREAM: u32;
override SOURCE: u32;

fn each(i: u32) {
  let word = philox(vec4<u32>(i / 4u, step_record.number, STREAM, SOURCE), step_record.seed)[i % 4u];
  var first = 0u;
  var last = CLASSES - 1u;
  while (first < last) {
    let middle = (first + last) / 2u;
    if (word < limits_at(middle)) {
      last = middle;
    } else {
      first = middle + 1u;
    }
  }
  store(i, first);
}
