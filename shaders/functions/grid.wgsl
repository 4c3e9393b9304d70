// grid.wgsl: one invocation per element, or one workgroup per unit of work, on grids of any size.
//
// A dispatch is at most 65,535 workgroups along an axis, so larger grids are folded over x and y; the invocation's
// number counts through both. Numbers past the end exist: the entry point guards its bounds.

const WORKGROUP_SIZE = 64u;

fn linear_workgroup(workgroup: vec3<u32>, count: vec3<u32>) -> u32 {
  return workgroup.y * count.x + workgroup.x;
}

fn linear_index(workgroup: vec3<u32>, count: vec3<u32>, local: u32) -> u32 {
  return linear_workgroup(workgroup, count) * WORKGROUP_SIZE + local;
}
