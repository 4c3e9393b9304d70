import { FIRST_HYPERPARAMETER, IDLE, StepTable } from "./steps.js";

/** The records of several replicas' steps, each taken from a table for one model. */
export class ReplicaStepTable extends StepTable {
  readonly #words = new Uint32Array(this.bytes);

  /** Takes records `from` to `to` of a table for one model as a replica's first ones; its others are idle. */
  take(replica: number, table: StepTable, from: number, to: number): void {
    const { count, words } = this;
    const first = replica * count;
    const own = new Uint32Array(table.bytes);
    if (table.words === words) this.#words.set(own.subarray(from * words, to * words), first * words);
    else {
      for (let i = from; i < to; i++) {
        this.#words.set(own.subarray(i * table.words, (i + 1) * table.words), (first + i - from) * words);
      }
    }
    for (let i = to - from; i < count; i++) this.#words[(first + i) * words + IDLE] = 1;
  }

  /** Writes words into all records of a replica, from a place in the list of hyperparameters on. */
  give(replica: number, first: number, given: Float32Array): void {
    const bits = new Uint32Array(given.buffer, given.byteOffset, given.length);
    for (let i = 0; i < this.count; i++) {
      this.#words.set(bits, (replica * this.count + i) * this.words + FIRST_HYPERPARAMETER + first);
    }
  }
}
