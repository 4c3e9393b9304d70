/** Things of which the first by an order is found fast: a binary heap. */
export class Heap<T> {
  readonly #items: T[] = [];

  /** @param order - below 0 where the first argument comes first */
  constructor(private readonly order: (a: T, b: T) => number) {}

  push(item: T): void {
    const items = this.#items;
    let place = items.push(item) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.order(items[above], item) <= 0) break;
      items[place] = items[above];
      place = above;
    }
    items[place] = item;
  }

  /** Takes out the first; undefined where there is none. */
  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && this.order(items[below + 1], items[below]) < 0) below++;
      if (this.order(last, items[below]) <= 0) break;
      items[place] = items[below];
      place = below;
    }
    items[place] = last;
    return first;
  }
}
