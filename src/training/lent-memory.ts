/*
 * Memory for the features of large predictions, which one has after the other. At the first touch of memory that is new to
 * a process, each of its pages takes longer than the numbers that are copied to it.
 */

/** The fewest numbers that it pays for. */
const FEWEST = 2 ** 18;

/** The memory of the last prediction, as long as nothing else needs it. */
let last: WeakRef<Float32Array<ArrayBuffer>> | undefined;
const lent = new WeakSet<Float32Array>();

/** A copy of numbers in memory that may have been lent before, until it is given back. */
export function copyInto(numbers: Float32Array): Float32Array<ArrayBuffer> {
  const { length } = numbers;
  const known = last?.deref();
  const values = known?.length === length ? known : new Float32Array(length);
  if (values === known) last = undefined;
  values.set(numbers);
  lent.add(values);
  return values;
}

/** Takes memory back that was lent; of other memory it does nothing. */
export function giveBack(values: Float32Array<ArrayBuffer>): void {
  if (lent.delete(values) && values.length >= FEWEST) last = new WeakRef(values);
}
