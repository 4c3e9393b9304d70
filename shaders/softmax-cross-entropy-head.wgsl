// softmax-cross-entropy-head.wgsl: what a training step takes of softmax cross-entropy, in one go: the batch's mean loss,
// its right answers, and dlogits = (softmax(z) - q) / rows.
//
//   results   [steps, SLOTS, 2] f32: each slot a value, and 1 where it is NaN or infinite
//   x         [ROWS, CLASSES] f32, the logits z
//   labels    u32, class index of every row of the data set
//   order     u32, the epoch's shuffled row numbers
//   dlogits   [ROWS, CLASSES] f32, handed to store(i, value); 0 for rows past the end of a short batch
//
// q puts 1 - smoothing on the label and spreads the rest over all classes. The first of equal logits counts as the answer.
// Invocation l takes rows l, l + 64, ...; their sums are combined in a tree. Always the same order.
// Glue: SMOOTHING.
// Grid: one workgroup.
// Needs: functions/grid.wgsl, functions/step.wgsl, functions/finite.wgsl, functions/log-sum-exp.wgsl,
// functions/workgroup-reduce.wgsl

override ROWS: u32;
override CLASSES: u32;
override SLOTS: u32;
override LOSS_SLOT: u32;
override HITS_SLOT: u32;
override RECORD_HITS: bool;

@group(1) @binding(0) var<storage, read_write> results: array<f32>;
@group(1) @binding(1) var<storage, read> x: array<f32>;
@group(1) @binding(2) var<storage, read> labels: array<u32>;
@group(1) @binding(3) var<storage, read> order: array<u32>;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

fn record(slot: u32, value: f32) {
  let at = (step_record.index * SLOTS + slot) * 2u;
  results[at] = value;
  results[at + 1u] = select(1.0, 0.0, is_finite(value));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(local_invocation_index) local: u32) {
  let rows = step_record.rows;
  var loss = 0.0;
  var hits = 0.0;
  for (var row = local; row < ROWS; row += WORKGROUP_SIZE) {
    let start = row * CLASSES;
    let label = min(labels[order[step_record.first + min(row, rows - 1u)]], CLASSES - 1u);
    let normaliser = log_sum_exp(start);
    let weight = select(0.0, 1.0 / f32(rows), row < rows);
    var best = 0u;
    var mean = 0.0;
    for (var j = 0u; j < CLASSES; j++) {
      let z = x[start + j];
      if (z > x[start + best]) {
        best = j;
      }
      mean += z / f32(CLASSES);
      let target_probability = select(0.0, 1.0 - SMOOTHING, j == label) + SMOOTHING / f32(CLASSES);
      store(start + j, weight * (exp(z - normaliser) - target_probability));
    }
    if (row < rows) {
      loss += normaliser - (1.0 - SMOOTHING) * x[start + label] - SMOOTHING * mean;
      hits += select(0.0, 1.0, best == label);
    }
  }
  let total_loss = workgroup_reduce(loss, local);
  workgroupBarrier(); // everyone has read the first sum before the second begins
  let total_hits = workgroup_reduce(hits, local);
  if (local == 0u) {
    record(LOSS_SLOT, total_loss / f32(rows));
    if (RECORD_HITS) {
      record(HITS_SLOT, total_hits);
    }
  }
}
