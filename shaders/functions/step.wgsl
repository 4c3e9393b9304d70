// step.wgsl: the record of the step that a kernel runs in. Its layout is written by src/compile/steps.ts.
// A dynamic offset selects the step's 256 bytes, so that nothing is bound or written between steps.
// Glue webgpu/glue.ts: var step_record: Step

struct Step {
  index: u32,          // the step's row in the results
  first: u32,          // the batch's first place in the epoch's order
  rows: u32,           // how many rows of the batch exist
  number: u32,         // training steps done before: the position of random numbers
  seed: vec2<u32>,     // the key of random numbers
  idle: u32,           // 1 where the step is none of this model's
  unused: u32,
  hyperparameters: array<vec4<f32>, 14>,
}
