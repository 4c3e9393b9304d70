// normalise.wgsl: elements of each group with mean 0 and variance 1, see functions/groups.wgsl.
//
//     y = (x - mean) / √(variance + EPSILON); where not CENTRED, x / √(mean of x² + EPSILON)
//
//   x   [outer, LENGTH, INNER, TAIL] f32
//   y   [outer, LENGTH, INNER, TAIL] f32
//
// Grid: work(group, local), one workgroup of 64 per group.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/groups.wgsl: LENGTH, TAIL, place_in_group, statistics_of
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)

override EPSILON: f32;

fn work(group: u32, local: u32) {
  let statistics = statistics_of(group, local, EPSILON);
  for (var e = local; e < LENGTH * TAIL; e += WORKGROUP_SIZE) {
    let place = place_in_group(group, e);
    store(place, (x_at(place) - statistics.centre) * statistics.scale);
  }
}
