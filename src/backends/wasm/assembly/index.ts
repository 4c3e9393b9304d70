// The engine: works off a program of instructions, step after step.
//
//   instruction   kernel (see codes.ts), words, whether threads share it; then its words, as its kernel's class lists them

import { Kernel } from "../codes";
import { attention, attentionGradient } from "./attention";
import { collect, correct, countNonFinite, rowWeights } from "./batch";
import { runChain } from "./chain";
import { softmaxCrossEntropy, softmaxCrossEntropyGradient, fusedSoftmaxCrossEntropy } from "./cross-entropy";
import { depthwise, depthwiseInputGradient, depthwiseWeightGradient } from "./depthwise";
import { fill, move, scatterAdd, takeBytes, takeRows } from "./layout";
import { product } from "./matmul";
import { normalise } from "./normalise";
import { maxPool, maxPoolGradient } from "./pool";
import { recurrence, recurrenceGradient } from "./recurrence";
import { drawClasses } from "./random";
import { max, sum } from "./reduce";
import { logSoftmax, softmax } from "./softmax";
import { rotate } from "./rotate";
import { isIdle, setRecord, setScratch, setThread, shareEnd, shareStart } from "./step";
import { barrier, nextWork, order, takeReplica } from "./threads";
import { fold, lay } from "./windows";

export { philox } from "./random";
export { setControl } from "./threads";
// An export stays a function of its own: within its caller's loops the vector registers don't suffice.
export { tile, tileInPlace } from "./tile";
export { listAcross, listAlong } from "./zeros";

const HEADER_BYTES: usize = 12;

/** The first byte that is free. */
export function heapStart(): usize {
  return __heap_base;
}

/**
 * Runs the instructions from `first` to `end` once for each of `steps` records, on this thread and on the others, if there
 * are to be more than one.
 *
 * @param recordBytes - of a step's record
 * @param scratch - of all threads, one after the other, `scratchBytes` each
 */
export function run(
  first: usize, end: usize, record: usize, recordBytes: i32, steps: i32, scratch: usize, scratchBytes: i32, threads: i32,
): void {
  if (threads > 1) order(first, end, record, recordBytes, steps, scratch, scratchBytes, threads, 0);
  runAs(0, first, end, record, recordBytes, steps, scratch, threads);
}

/**
 * Runs the programs of many replicas, each by one thread: no thread waits for another before the end.
 *
 * @param programs - of each replica first and end of its instructions, and its number: words of four
 * @param record - of replica 0's first step
 * @param span - bytes from a replica's records to the next one's
 * @param recordBytes - of a step's record
 */
export function runReplicas(
  programs: usize, replicas: i32, record: usize, span: i32, recordBytes: i32, steps: i32, scratch: usize,
  scratchBytes: i32, threads: i32,
): void {
  if (threads == 1) {
    for (let replica = 0; replica < replicas; replica++) {
      runReplica(replica, programs, record, span, recordBytes, steps, scratch);
    }
    return;
  }
  order(programs, span, record, recordBytes, steps, scratch, scratchBytes, threads, replicas);
  runTaken(0, programs, replicas, record, span, recordBytes, steps, scratch, scratchBytes, threads);
}

/** Runs one replica after the other as long as there are any that no other thread has taken. */
function runTaken(
  own: i32, programs: usize, replicas: i32, record: usize, span: i32, recordBytes: i32, steps: i32, scratch: usize,
  scratchBytes: i32, threads: i32,
): void {
  for (let replica = takeReplica(); replica < replicas; replica = takeReplica()) {
    runReplica(replica, programs, record, span, recordBytes, steps, scratch + own * scratchBytes);
  }
  barrier(threads);
}

function runReplica(
  replica: i32, programs: usize, record: usize, span: i32, recordBytes: i32, steps: i32, scratch: usize,
): void {
  const program = programs + (replica << 4);
  const first = record + span * load<i32>(program, 8);
  runAs(0, load<u32>(program), load<u32>(program, 4), first, recordBytes, steps, scratch, 1);
}

/** The loop of every other thread: work as it is handed out, until the threads are dismissed. */
export function help(own: i32): void {
  for (let done = 0; ; done++) {
    const work = nextWork(done);
    const steps = load<i32>(work, 16);
    if (steps == 0) return;
    const first = load<u32>(work);
    const end = load<u32>(work, 4);
    const record = load<u32>(work, 8);
    const recordBytes = load<i32>(work, 12);
    const scratch = load<u32>(work, 20);
    const scratchBytes = load<i32>(work, 24);
    const threads = load<i32>(work, 28);
    const replicas = load<i32>(work, 32);
    if (replicas > 0) runTaken(own, first, replicas, record, end, recordBytes, steps, scratch, scratchBytes, threads);
    else runAs(own, first, end, record, recordBytes, steps, scratch + own * scratchBytes, threads);
  }
}

/** Ends the other threads. */
export function dismiss(): void {
  order(0, 0, 0, 0, 0, 0, 0, 0, 0);
}

/** @param scratch - of this thread alone */
function runAs(
  own: i32, first: usize, end: usize, record: usize, recordBytes: i32, steps: i32, scratch: usize, threads: i32,
): void {
  setScratch(scratch);
  for (; steps > 0; steps--, record += recordBytes) {
    setRecord(record);
    if (isIdle()) continue;
    for (let at = first; at < end; ) {
      const shared = isShared(at);
      setThread(shared ? own : 0, shared ? threads : 1);
      if (shared || own == 0) runInstruction(at);
      at += load<i32>(at, 4) << 2;
      // Between two instructions that one thread does alone, nobody needs to wait.
      if (threads > 1 && (shared || at == end || isShared(at))) barrier(threads);
    }
  }
}

@inline
function isShared(instruction: usize): bool {
  return load<i32>(instruction, 8) != 0;
}

/** A chain on its own: `given` is where what the kernel before it made begins, 0 where there was none. */
@unmanaged
class Chain {
  chain: usize;
  given: usize;
  count: i32;
}

/** Threads share blocks of 64, so that random numbers come in whole blocks. */
function chain(words: usize): void {
  const c = changetype<Chain>(words);
  const blocks = (c.count + 63) >> 6;
  const start = shareStart(blocks) << 6;
  const end = min(shareEnd(blocks) << 6, c.count);
  runChain(c.chain, c.given + (start << 2), start, end - start);
}

function runInstruction(at: usize): void {
  const words = at + HEADER_BYTES;
  switch (load<i32>(at)) {
    case Kernel.chain: return chain(words);
    case Kernel.product: return product(words);
    case Kernel.move: return move(words);
    case Kernel.fill: return fill(words);
    case Kernel.takeRows: return takeRows(words);
    case Kernel.scatterAdd: return scatterAdd(words);
    case Kernel.rowWeights: return rowWeights(words);
    case Kernel.collect: return collect(words);
    case Kernel.countNonFinite: return countNonFinite(words);
    case Kernel.correct: return correct(words);
    case Kernel.sum: return sum(words);
    case Kernel.max: return max(words);
    case Kernel.softmax: return softmax(words);
    case Kernel.logSoftmax: return logSoftmax(words);
    case Kernel.softmaxCrossEntropy: return softmaxCrossEntropy(words);
    case Kernel.softmaxCrossEntropyGradient: return softmaxCrossEntropyGradient(words);
    case Kernel.fusedSoftmaxCrossEntropy: return fusedSoftmaxCrossEntropy(words);
    case Kernel.lay: return lay(words);
    case Kernel.fold: return fold(words);
    case Kernel.depthwise: return depthwise(words);
    case Kernel.depthwiseInputGradient: return depthwiseInputGradient(words);
    case Kernel.depthwiseWeightGradient: return depthwiseWeightGradient(words);
    case Kernel.maxPool: return maxPool(words);
    case Kernel.maxPoolGradient: return maxPoolGradient(words);
    case Kernel.normalise: return normalise(words);
    case Kernel.recurrence: return recurrence(words);
    case Kernel.recurrenceGradient: return recurrenceGradient(words);
    case Kernel.attention: return attention(words);
    case Kernel.attentionGradient: return attentionGradient(words);
    case Kernel.rotate: return rotate(words);
    case Kernel.drawClasses: return drawClasses(words);
    case Kernel.takeBytes: return takeBytes(words);
    default: unreachable();
  }
}
