import type { WaitForGpu } from "../backends/platform.js";

/** The longest sleep, in milliseconds: what else the process does waits no longer for its turn. */
const LONGEST = 1;
/** Shorter ones aren't worth their wakeup. */
const SHORTEST = 0.1;

let awaited = 0;
let since = 0;
let scheduled = false;

/**
 * Awaits Dawn's work in Node without keeping a core busy. While something of it is pending, Dawn asks for news at every
 * turn of Node's event loop, one turn after the other: a core's whole time, which a software adapter wants for its
 * arithmetic. Here each turn sleeps an eighth of the time since the last news, so that short work is noticed at once and
 * long work soon enough.
 */
export const waitForGpu: WaitForGpu = async (work) => {
  since = performance.now();
  awaited++;
  schedule();
  try {
    return await work;
  } finally {
    awaited--;
    since = performance.now();
  }
};

const cell = new Int32Array(new SharedArrayBuffer(4));

/** One sleep at a turn, however many wait. Dawn's own turns keep the process alive. */
function schedule(): void {
  if (!scheduled) setImmediate(sleep).unref();
  scheduled = true;
}

function sleep(): void {
  scheduled = false;
  if (awaited === 0) return;
  const length = Math.min(LONGEST, (performance.now() - since) / 8);
  if (length >= SHORTEST) Atomics.wait(cell, 0, 0, length);
  schedule();
}
