// groups.wgsl: the groups of a tensor [outer, LENGTH, INNER, TAIL] that are normalised: all elements of the same outer and
// inner place, added up by a workgroup. The mean comes first, and the variance from what it leaves.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/glue.ts: x_at(i: u32) -> f32

override LENGTH: u32;
override INNER: u32;
override TAIL: u32;
override CENTRED: bool;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

/// Where element e of a group is.
fn place_in_group(group: u32, e: u32) -> u32 {
  return ((group / INNER * LENGTH + e / TAIL) * INNER + group % INNER) * TAIL + e % TAIL;
}

struct Statistics {
  centre: f32,
  scale: f32, // 1 / √(variance + epsilon)
}

fn statistics_of(group: u32, local: u32, epsilon: f32) -> Statistics {
  let count = LENGTH * TAIL;
  var centre = 0.0;
  if (CENTRED) {
    var sum = 0.0;
    for (var e = local; e < count; e += WORKGROUP_SIZE) {
      sum += x_at(place_in_group(group, e));
    }
    centre = workgroup_reduce(sum, local) / f32(count);
    workgroupBarrier(); // all have read it before it is written anew
  }
  var squares = 0.0;
  for (var e = local; e < count; e += WORKGROUP_SIZE) {
    let distance = x_at(place_in_group(group, e)) - centre;
    squares += distance * distance;
  }
  let variance = workgroup_reduce(squares, local) / f32(count);
  workgroupBarrier();
  return Statistics(centre, 1.0 / sqrt(variance + epsilon));
}
