// Softmax cross-entropy of rows of logits z with class indices: log Σ e^z - Σ q z, where q puts 1 - smoothing on the label
// and spreads the rest over all classes; a label past the last class counts as the last.

import { indexOfLargest, record } from "./batch";
import { log1 } from "./math";
import { storeSome } from "./memory";
import { maxOf, sumOf } from "./reduce";
import { exponentials, logSumExp } from "./softmax";
import { batchRows, firstPlace, ownScratch, shareEnd, shareStart } from "./step";

@unmanaged
class CrossEntropy {
  y: usize;
  logits: usize;
  labels: usize;
  /** Gradient of each row's loss; 0 for rows past the end of a short batch. */
  dy: usize;
  rows: i32;
  classes: i32;
  /** Bytes into a thread's scratch: a row. */
  row: usize;
  smoothing: f32;
}

@inline
function labelOf(labels: usize, row: i32, classes: i32): i32 {
  return min(load<u32>(labels + (row << 2)), <u32>classes - 1);
}

/** Σ q z of a row. */
function targetOf(z: usize, classes: i32, label: i32, smoothing: f32): f32 {
  const mean = smoothing > 0 ? sumOf(z, classes) / <f32>classes : 0;
  return (1 - smoothing) * load<f32>(z + (label << 2)) + smoothing * mean;
}

/** Writes weight (e / sum - q) of a row, e being its exponentials. */
function rowGradient(
  y: usize, e: usize, sum: f32, classes: i32, label: i32, smoothing: f32, weight: f32,
): void {
  const scale = f32x4.splat(weight);
  const spread = f32x4.splat(smoothing / <f32>classes);
  for (let j = 0; j < classes; j += 4) {
    const probability = f32x4.div(v128.load(e + (j << 2)), f32x4.splat(sum));
    storeSome(y + (j << 2), f32x4.mul(scale, f32x4.sub(probability, spread)), classes - j);
  }
  // The label's probability minus 1 is that of all others: near 1 the difference would lose its digits.
  store<f32>(e + (label << 2), 0);
  const missing = sumOf(e, classes) / sum;
  store<f32>(y + (label << 2), weight * (smoothing - smoothing / <f32>classes - missing));
}

export function softmaxCrossEntropy(instruction: usize): void {
  const c = changetype<CrossEntropy>(instruction);
  for (let row = shareStart(c.rows), end = shareEnd(c.rows); row < end; row++) {
    const z = c.logits + ((row * c.classes) << 2);
    const normaliser = logSumExp(z, c.classes, ownScratch() + c.row);
    const target = targetOf(z, c.classes, labelOf(c.labels, row, c.classes), c.smoothing);
    store<f32>(c.y + (row << 2), normaliser - target);
  }
}

export function softmaxCrossEntropyGradient(instruction: usize): void {
  const c = changetype<CrossEntropy>(instruction);
  const e = ownScratch() + c.row;
  for (let row = shareStart(c.rows), end = shareEnd(c.rows); row < end; row++) {
    const z = c.logits + ((row * c.classes) << 2);
    const sum = exponentials(z, c.classes, maxOf(z, c.classes), e);
    const label = labelOf(c.labels, row, c.classes);
    const y = c.y + ((row * c.classes) << 2);
    rowGradient(y, e, sum, c.classes, label, c.smoothing, load<f32>(c.dy + (row << 2)));
  }
}

/** A batch's mean loss, its right answers, and the gradient (softmax(z) - q) / rows; 0 for rows past the end. */
@unmanaged
class Fused {
  dlogits: usize;
  logits: usize;
  /** Of the whole data set. */
  labels: usize;
  order: usize;
  batch: i32;
  classes: i32;
  /** Bytes into a thread's scratch: a row. */
  row: usize;
  smoothing: f32;
  results: usize;
  slots: i32;
  lossSlot: i32;
  /** Slot of the number of correct rows; -1 if it isn't recorded. */
  correctSlot: i32;
}

/** Sums are float64 and in order of the rows: one thread does them all. */
export function fusedSoftmaxCrossEntropy(instruction: usize): void {
  const h = changetype<Fused>(instruction);
  const e = ownScratch() + h.row;
  const rows = <i32>batchRows();
  let loss: f64 = 0;
  let correct = 0;
  for (let row = 0; row < h.batch; row++) {
    const z = h.logits + ((row * h.classes) << 2);
    const place = load<i32>(h.order + ((firstPlace() + min(row, rows - 1)) << 2));
    const label = labelOf(h.labels, place, h.classes);
    const largest = maxOf(z, h.classes);
    const sum = exponentials(z, h.classes, largest, e);
    const y = h.dlogits + ((row * h.classes) << 2);
    rowGradient(y, e, sum, h.classes, label, h.smoothing, row < rows ? <f32>1 / <f32>rows : 0);
    if (row >= rows) continue;
    loss += largest + log1(sum) - targetOf(z, h.classes, label, h.smoothing);
    if (h.correctSlot >= 0) correct += indexOfLargest(z, h.classes) == label ? 1 : 0;
  }
  record(h.results, h.slots, h.lossSlot, <f32>(loss / <f64>rows));
  if (h.correctSlot >= 0) record(h.results, h.slots, h.correctSlot, <f32>correct);
}
