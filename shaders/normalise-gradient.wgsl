// normalise-gradient.wgsl: the gradient of normalise.wgsl, with n for (x - mean) / √(variance + EPSILON):
//
//     dx = (dy - mean(dy) - n mean(dy n)) / √(variance + EPSILON); where not CENTRED, without mean(dy)
//
//   dy   [outer, LENGTH, INNER, TAIL] f32
//   x    [outer, LENGTH, INNER, TAIL] f32
//   dx   [outer, LENGTH, INNER, TAIL] f32
//
// Of rows that don't exist in a batch it is 0.
// Grid: work(group, local), one workgroup of 64 per group.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/groups.wgsl: CENTRED, LENGTH, TAIL, counted_elements, place_in_group, statistics_of
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/glue.ts: dy_at(i: u32) -> f32, x_at(i: u32) -> f32, store(i: u32, value: f32)

override EPSILON: f32;

fn work(group: u32, local: u32) {
  let statistics = statistics_of(group, local, EPSILON);
  let count = counted_elements();
  let terms = f32(max(count, 1u));
  var sum = 0.0;
  var products = 0.0;
  for (var e = local; e < count; e += WORKGROUP_SIZE) {
    let place = place_in_group(group, e);
    sum += dy_at(place);
    products += dy_at(place) * (x_at(place) - statistics.centre) * statistics.scale;
  }
  let offset = select(0.0, workgroup_reduce(sum, local) / terms, CENTRED);
  workgroupBarrier();
  let slope = workgroup_reduce(products, local) / terms;
  for (var e = local; e < LENGTH * TAIL; e += WORKGROUP_SIZE) {
    let place = place_in_group(group, e);
    let normalised = (x_at(place) - statistics.centre) * statistics.scale;
    let gradient = (dy_at(place) - offset - normalised * slope) * statistics.scale;
    store(place, select(0.0, gradient, e < count));
  }
}
