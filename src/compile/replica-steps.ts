import { FIRST_HYPERPARAMETER, IDLE, StepTable, WORDS } from "./steps.js";

/** The records of several replicas' steps, each taken from a table for one model. */
export class ReplicaStepTable extends StepTable {
  readonly #words = new Uint32Array(this.bytes);

  /** Takes records `from` to `to` of a table for one model as a replica's first ones; its others are idle. */
  take(replica: number, table: StepTable, from: number, to: number): void {
    const first = replica * this.count;
    this.#words.set(new Uint32Array(table.bytes).subarray(from * WORDS, to * WORDS), first * WORDS);
    for (let i = to - from; i < this.count; i++) this.#words[(first + i) * WORDS + IDLE] = 1;
  }

  /** Writes words into all records of a replica, from a place in the list of hyperparameters on. */
  give(replica: number, first: number, words: Float32Array): void {
    const bits = new Uint32Array(words.buffer, words.byteOffset, words.length);
    for (let i = 0; i < this.count; i++) {
      this.#words.set(bits, (replica * this.count + i) * WORDS + FIRST_HYPERPARAMETER + first);
    }
  }

  override byStep(): ArrayBuffer {
    const { count, replicas } = this;
    const words = new Uint32Array(this.#words.length);
    for (let replica = 0; replica < replicas; replica++) {
      for (let i = 0; i < count; i++) {
        const from = (replica * count + i) * WORDS;
        words.set(this.#words.subarray(from, from + WORDS), (i * replicas + replica) * WORDS);
      }
    }
    return words.buffer;
  }
}
