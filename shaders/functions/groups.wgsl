// groups.wgsl: the groups of a tensor [outer, LENGTH, INNER, TAIL] that are normalised: all elements of the same outer and
// inner place, added up by a workgroup. The mean comes first, and the variance from what it leaves.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Of groups over a batch, which have PER_ROW elements in each row, those of rows that don't exist aren't counted.
// Needs functions/step.wgsl: step_record
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/glue.ts: x_at(i: u32) -> f32

override LENGTH: u32;
override INNER: u32;
override TAIL: u32;
override CENTRED: bool;
/// 0 where groups aren't over a batch.
override PER_ROW: u32;
/// Number of the first row among the step's batch.
override START: u32;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

/// Number of a group's elements that count, which are the first.
fn counted_elements() -> u32 {
  if (PER_ROW == 0u) {
    return LENGTH * TAIL;
  }
  return min((max(step_record.rows, START) - START) * PER_ROW, LENGTH * TAIL);
}

/// Where element e of a group is.
fn place_in_group(group: u32, e: u32) -> u32 {
  return ((group / INNER * LENGTH + e / TAIL) * INNER + group % INNER) * TAIL + e % TAIL;
}

struct Statistics {
  centre: f32,
  variance: f32,
  scale: f32, // 1 / √(variance + epsilon)
}

fn statistics_of(group: u32, local: u32, epsilon: f32) -> Statistics {
  let count = counted_elements();
  let terms = f32(max(count, 1u));
  var centre = 0.0;
  if (CENTRED) {
    var sum = 0.0;
    for (var e = local; e < count; e += WORKGROUP_SIZE) {
      sum += x_at(place_in_group(group, e));
    }
    centre = workgroup_reduce(sum, local) / terms;
    workgroupBarrier(); // all have read it before it is written anew
  }
  var squares = 0.0;
  for (var e = local; e < count; e += WORKGROUP_SIZE) {
    let distance = x_at(place_in_group(group, e)) - centre;
    squares += distance * distance;
  }
  let variance = workgroup_reduce(squares, local) / terms;
  workgroupBarrier();
  return Statistics(centre, variance, 1.0 / sqrt(variance + epsilon));
}
