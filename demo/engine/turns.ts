/** Turns of a thread's event loop. */

const channel = new MessageChannel();
let waiting: (() => void)[] = [];
channel.port1.onmessage = () => {
  const due = waiting;
  waiting = [];
  for (const resolve of due) resolve();
};

/** Lets messages and timers have their turn. A message, unlike a timer, isn't held back in a hidden tab. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(undefined);
  });
}

/** A wait that can be cut short. */
export class Wait {
  #end: (() => void) | undefined;

  /** Resolves after so many milliseconds, or when it is cut short. */
  async for(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
    this.#end = undefined;
  }

  cut(): void {
    this.#end?.();
  }
}
