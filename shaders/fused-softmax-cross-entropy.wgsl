// fused-softmax-cross-entropy.wgsl: softmax cross-entropy of a training step, in one launch: the batch's mean loss, the
// number of its correct rows, and dlogits = (softmax(z) - q) / rows.
//
//   results   [steps, SLOTS, 2] f32: each slot a value, and 1 where it is NaN or infinite
//   x         [ROWS, CLASSES] f32, the logits z
//   labels    u32, class index of every row of the data set
//   order     u32, the epoch's shuffled row numbers
//   y         [ROWS, CLASSES] f32, dlogits; 0 for rows past the end of a short batch
//
// q puts 1 - smoothing on the label and spreads the rest over all classes. The label's probability minus 1 is that of all
// others: near 1 the difference would lose its digits. The first of equal logits counts as the answer.
// Invocation l takes rows l, l + 64, ...; their sums are combined in a tree. Always the same order.
// Grid: work(0, local), one workgroup of 64.
// Needs functions/batch-row.wgsl: batch_row
// Needs functions/finite.wgsl: is_finite
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/log-sum-exp.wgsl: log_sum_exp
// Needs functions/step.wgsl: step_record
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/kernel.ts: smoothing() -> f32, smoothing_share() -> f32
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, labels_at(i: u32) -> u32
// Glue webgpu/glue.ts: store(i: u32, value: f32), store_results(i: u32, value: f32)

override ROWS: u32;
override CLASSES: u32;
override SLOTS: u32;
override LOSS_SLOT: u32;
override CORRECT_SLOT: u32;
override RECORD_CORRECT: bool;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

fn record(slot: u32, value: f32) {
  let at = (step_record.index * SLOTS + slot) * 2u;
  store_results(at, value);
  store_results(at + 1u, select(1.0, 0.0, is_finite(value)));
}

fn work(unit: u32, local: u32) {
  let rows = step_record.rows;
  var loss = 0.0;
  var correct = 0.0;
  for (var row = local; row < ROWS; row += WORKGROUP_SIZE) {
    let start = row * CLASSES;
    let label = min(labels_at(batch_row(row)), CLASSES - 1u);
    let normaliser = log_sum_exp(start, CLASSES);
    let weight = select(0.0, 1.0 / f32(rows), row < rows);
    var best = 0u;
    var mean = 0.0;
    var others = 0.0;
    for (var j = 0u; j < CLASSES; j++) {
      let z = x_at(start + j);
      if (z > x_at(start + best)) {
        best = j;
      }
      mean += z / f32(CLASSES);
      if (j != label) {
        let probability = exp(z - normaliser);
        others += probability;
        store(start + j, weight * (probability - smoothing_share()));
      }
    }
    store(start + label, weight * (smoothing() - smoothing_share() - others));
    if (row < rows) {
      loss += normaliser - (1.0 - smoothing()) * x_at(start + label) - smoothing() * mean;
      correct += select(0.0, 1.0, best == label);
    }
  }
  let total_loss = workgroup_reduce(loss, local);
  workgroupBarrier(); // everyone has read the first sum before the second begins
  let total_correct = workgroup_reduce(correct, local);
  if (local == 0u) {
    record(LOSS_SLOT, total_loss / f32(rows));
    if (RECORD_CORRECT) {
      record(CORRECT_SLOT, total_correct);
    }
  }
}
