// The record of the step that kernels run in, and the thread's share of the work. Globals of AssemblyScript are
// each thread's own.

// The record's layout is written by src/compile/steps.ts.
let record: usize = 0;

export function setRecord(address: usize): void {
  record = address;
}

/** The step's row in the results. */
@inline
export function stepIndex(): u32 {
  return load<u32>(record);
}

/** The batch's first place in the epoch's order. */
@inline
export function firstPlace(): u32 {
  return load<u32>(record, 4);
}

/** The number of rows of the batch that exist. */
@inline
export function batchRows(): u32 {
  return load<u32>(record, 8);
}

/** Training steps done before: the position of random numbers. */
@inline
export function stepNumber(): u32 {
  return load<u32>(record, 12);
}

@inline
export function seedLow(): u32 {
  return load<u32>(record, 16);
}

@inline
export function seedHigh(): u32 {
  return load<u32>(record, 20);
}

/** Whether the step is none of this model's. */
@inline
export function isIdle(): bool {
  return load<u32>(record, 24) != 0;
}

@inline
export function hyperparameter(index: i32): v128 {
  return v128.load32_splat(record + 32 + index * 4);
}

let thread: i32 = 0;
let threads: i32 = 1;
let scratch: usize = 0;

/** Which of how many threads this is in the work at hand. */
@inline
export function setThread(own: i32, all: i32): void {
  thread = own;
  threads = all;
}

/** @param address - memory that no other thread uses */
export function setScratch(address: usize): void {
  scratch = address;
}

@inline
export function ownScratch(): usize {
  return scratch;
}

@inline
export function threadCount(): i32 {
  return threads;
}

/** Of `total` units of work, the first that is this thread's. */
@inline
export function shareStart(total: i32): i32 {
  return partStart(total, thread);
}

/** The end of this thread's units. */
@inline
export function shareEnd(total: i32): i32 {
  return partStart(total, thread + 1);
}

function partStart(total: i32, part: i32): i32 {
  return threads == 1 ? (part ? total : 0) : <i32>((<i64>total * part) / threads);
}
