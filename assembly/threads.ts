// Where threads wait for each other. Control words, shared by all:
//
//   0    arrived: threads at the barrier
//   4    passed: how often it was passed
//   8    sleepers: threads that have gone to sleep there

/** Looks so often before it sleeps: some microseconds. */
const SPINS = 4000;

let control: usize = 0;
let maySleep: bool = false;

/** @param sleeps - whether this thread may sleep; a browser's main thread may not */
export function setControl(address: usize, sleeps: bool): void {
  control = address;
  maySleep = sleeps;
}

/** Returns when all `threads` are here; what they wrote can be read then. */
export function barrier(threads: i32): void {
  const passed = atomic.load<i32>(control, 4);
  if (atomic.add<i32>(control, 1) == threads - 1) {
    atomic.store<i32>(control, 0);
    atomic.add<i32>(control, 1, 4);
    if (atomic.load<i32>(control, 8) > 0) atomic.notify(control + 4, -1);
    return;
  }
  for (let spins = 0; atomic.load<i32>(control, 4) == passed; spins++) {
    if (spins < SPINS || !maySleep) continue;
    atomic.add<i32>(control, 1, 8);
    atomic.wait<i32>(control + 4, passed, -1);
    atomic.sub<i32>(control, 1, 8);
  }
}
