// step.wgsl: what a kernel is told about the step it runs in. The layout is written by src/compile/steps.ts.
// A dynamic offset selects the step's 256 bytes, so that nothing is bound or written between steps.

struct Step {
  index: u32,          // the step's row in the results
  first: u32,          // the batch's first place in the epoch's order
  rows: u32,           // how many rows of the batch exist
  number: u32,         // training steps done before: the position of random numbers
  seed: vec2<u32>,     // the key of random numbers
  unused: vec2<u32>,
  hyperparameters: array<vec4<f32>, 14>,
}

@group(0) @binding(0) var<uniform> step_record: Step;
