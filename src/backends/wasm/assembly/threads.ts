// Waiting of threads: for work, and for each other. Each looks for some microseconds before it goes to sleep. Control
// words, shared by all:
//
//   0    arrived: threads at the barrier
//   4    passed: how often it was passed
//   8    orders: how much work was handed out so far
//   12   sleepers, wherever they sleep
//   16   the work at hand: first and end of its instructions, records, bytes of a record, steps, scratch, bytes of it,
//        threads, replicas
//   52   taken: how many of its replicas a thread has taken

const ARRIVED = 0;
const PASSED = 4;
const ORDERS = 8;
const SLEEPERS = 12;
export const WORK = 16;
const TAKEN = 52;

/** Looks before a thread sleeps. */
const SPINS = 20000;

let control: usize = 0;
let maySleep: bool = false;

/** @param sleeps - whether this thread may sleep; a browser's main thread may not */
export function setControl(address: usize, sleeps: bool): void {
  control = address;
  maySleep = sleeps;
}

/** Waits until a control word is no longer `old`. */
@inline
function waitFor(word: usize, old: i32): void {
  for (let spins = 0; atomic.load<i32>(control + word) == old; spins++) {
    if (spins < SPINS || !maySleep) continue;
    atomic.add<i32>(control, 1, SLEEPERS);
    atomic.wait<i32>(control + word, old, -1);
    atomic.sub<i32>(control, 1, SLEEPERS);
  }
}

/** Changes a control word and wakes who sleeps until it does. */
@inline
function advance(word: usize): void {
  atomic.add<i32>(control + word, 1);
  // Who goes to sleep after this look finds the word changed.
  if (atomic.load<i32>(control, SLEEPERS) > 0) atomic.notify(control + word, -1);
}

/** Returns when all `threads` are here; what they wrote can be read then. */
export function barrier(threads: i32): void {
  const passed = atomic.load<i32>(control, PASSED);
  if (atomic.add<i32>(control, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(control, 0, ARRIVED);
    advance(PASSED);
  } else {
    waitFor(PASSED, passed);
  }
}

/** Hands out work: nine words. @param replicas - 0 where all threads share each instruction; else see runReplicas */
export function order(
  first: usize, end: usize, record: usize, recordBytes: i32, steps: i32, scratch: usize, scratchBytes: i32, threads: i32,
  replicas: i32,
): void {
  const work = control + WORK;
  store<u32>(work, first);
  store<u32>(work, end, 4);
  store<u32>(work, record, 8);
  store<i32>(work, recordBytes, 12);
  store<i32>(work, steps, 16);
  store<u32>(work, scratch, 20);
  store<i32>(work, scratchBytes, 24);
  store<i32>(work, threads, 28);
  store<i32>(work, replicas, 32);
  atomic.store<i32>(control, 0, TAKEN);
  advance(ORDERS);
}

/** The number of the next replica that no thread has taken yet. */
export function takeReplica(): i32 {
  return atomic.add<i32>(control, 1, TAKEN);
}

/** Waits until there is more than `done` work, and gives the address of its words. */
export function nextWork(done: i32): usize {
  waitFor(ORDERS, done);
  return control + WORK;
}
