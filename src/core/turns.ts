import { nextTask } from "./tasks.js";

/** After so many ms other work of the thread gets its turn: a page stays responsive, a server answers. */
export const LONGEST_SILENCE = 10;

/** When other work of the thread had its turn. A device has one for all that it runs: many short runs are a long one. */
export class Turns {
  #last = performance.now();

  /** Whether work that takes another `milliseconds` would be too long a silence. */
  isDue(milliseconds: number): boolean {
    return performance.now() - this.#last + milliseconds > LONGEST_SILENCE;
  }

  async give(): Promise<void> {
    await nextTask();
    this.#last = performance.now();
  }
}
