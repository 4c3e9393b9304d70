import { FIRST_HYPERPARAMETER, IDLE, StepTable } from "./steps.js";

/** A replica's records: those of a table for one model from `from` to `to`, and words that stand in all of them. */
interface Part {
  table: StepTable;
  from: number;
  to: number;
  given?: { first: number; words: Uint32Array };
}

/** The records of several replicas' steps, each taken from a table for one model. A replica that has none is idle. */
export class ReplicaStepTable extends StepTable {
  readonly #parts: (Part | undefined)[];
  #bytes?: ArrayBuffer;

  /** @param hyperparameters - the most of a record */
  constructor(count: number, replicas: number, hyperparameters: number) {
    super(count, replicas, FIRST_HYPERPARAMETER + hyperparameters);
    this.#parts = Array.from({ length: replicas });
  }

  /**
   * Takes records `from` to `to` of a table for one model as a replica's first ones; its others are idle.
   *
   * @param words - written into all of these records, from the place `first` in the list of hyperparameters on
   */
  take(replica: number, table: StepTable, [from, to]: [from: number, to: number], first = 0, words?: Float32Array) {
    const given = words && { first, words: new Uint32Array(words.buffer, words.byteOffset, words.length) };
    this.#parts[replica] = { table, from, to, given };
  }

  get bytes(): ArrayBuffer {
    if (!this.#bytes) {
      const memory = new Uint32Array(this.count * this.replicas * this.words);
      this.write(memory);
      this.#bytes = memory.buffer;
    }
    return this.#bytes;
  }

  write(memory: Uint32Array): void {
    const span = this.count * this.words;
    for (const [replica, part] of this.#parts.entries()) {
      this.#writeOne(memory.subarray(replica * span, (replica + 1) * span), part);
    }
  }

  #writeOne(memory: Uint32Array, part: Part | undefined): void {
    const { count, words } = this;
    const taken = part ? this.#writeTaken(memory, part) : 0;
    memory.fill(0, taken * words);
    for (let i = taken; i < count; i++) memory[i * words + IDLE] = 1;
  }

  /** @returns the number of records */
  #writeTaken(memory: Uint32Array, { table, from, to, given }: Part): number {
    const { words } = this;
    const own = table.words;
    const records = new Uint32Array(table.bytes).subarray(from * own, to * own);
    if (own === words) memory.set(records);
    else {
      for (let i = 0; i < to - from; i++) {
        memory.set(records.subarray(i * own, (i + 1) * own), i * words);
        memory.fill(0, i * words + own, (i + 1) * words);
      }
    }
    for (let i = 0; given && i < to - from; i++) {
      memory.set(given.words, i * words + FIRST_HYPERPARAMETER + given.first);
    }
    return to - from;
  }
}
