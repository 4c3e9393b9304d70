/** Milliseconds between two frames: somewhat more than thirty a second. */
const BETWEEN = 32;
/** How much longer than a frame took the training after it takes at the least. */
const TRAINING = 2;

/** The moments at which a training is shown: as often as the page draws it, and no more than is good for the training. */
export class FramePace {
  #due = 0;
  #earliest = 0;
  #isDrawn = true;

  /** Whether a frame is wanted now: the last one was drawn, and it is time for the next. */
  get isDue(): boolean {
    return this.#isDrawn && performance.now() >= Math.max(this.#due, this.#earliest);
  }

  /** Whether the page has drawn the last frame. */
  get isDrawn(): boolean {
    return this.#isDrawn;
  }

  /** The page has drawn the last frame. */
  drawn(): void {
    this.#isDrawn = true;
  }

  /** A frame is sent. @param began - when it was begun */
  sent(began: number): void {
    const now = performance.now();
    this.#isDrawn = false;
    // Frames can only come between steps, so that each is somewhat late: the next one is due as if it had not been.
    this.#due = Math.max(this.#due + BETWEEN, now);
    this.#earliest = now + TRAINING * (now - began);
  }
}
