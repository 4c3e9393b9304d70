// batch-normalise.wgsl: normalise.wgsl over a batch, and the running statistics that evaluation takes.
//
//   x          [LENGTH, INNER] f32
//   mean       [INNER] f32, moved towards the batch's by MOMENTUM, in place
//   variance   [INNER] f32, likewise towards the unbiased variance
//   y          [LENGTH, INNER] f32
//
// Grid: work(group, local), one workgroup of 64 per column.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/groups.wgsl: LENGTH, TAIL, counted_elements, place_in_group, statistics_of
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)
// Glue webgpu/glue.ts: mean_at(i: u32) -> f32, store_mean(i: u32, value: f32)
// Glue webgpu/glue.ts: variance_at(i: u32) -> f32, store_variance(i: u32, value: f32)

override EPSILON: f32;
override MOMENTUM: f32;

fn work(group: u32, local: u32) {
  let statistics = statistics_of(group, local, EPSILON);
  for (var e = local; e < LENGTH * TAIL; e += WORKGROUP_SIZE) {
    let place = place_in_group(group, e);
    store(place, (x_at(place) - statistics.centre) * statistics.scale);
  }
  let count = counted_elements();
  if (local == 0u && count > 0u) {
    let unbiased = statistics.variance * f32(count) / f32(max(count, 2u) - 1u);
    store_mean(group, mean_at(group) + MOMENTUM * (statistics.centre - mean_at(group)));
    store_variance(group, variance_at(group) + MOMENTUM * (unbiased - variance_at(group)));
  }
}
