import type { News, Order } from "../engine/protocol.js";
import type { Engine } from "./store.js";

/** The worker. Frames wait for the browser to draw, and the next one is asked for then: none in a hidden tab. */
export class WorkerEngine implements Engine {
  readonly #worker = new Worker(new URL("../engine/worker.ts", import.meta.url), { type: "module" });
  #waiting: News[] = [];
  /** Takes the news, in order. */
  hear: (news: News) => void = () => {};

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<News>) => {
      if (this.#waiting.length === 0) requestAnimationFrame(() => this.#deliver());
      this.#waiting.push(data);
    };
    this.#worker.onerror = ({ message }) => this.hear({ news: "failed", message });
  }

  send(order: Order): void {
    this.#worker.postMessage(order);
  }

  /** Ends the worker with all that it holds. */
  end(): void {
    this.#worker.terminate();
  }

  #deliver(): void {
    const news = this.#waiting;
    this.#waiting = [];
    for (const each of news) this.hear(each);
    if (news.some((each) => each.news === "frame")) this.send({ do: "drawn" });
  }
}
