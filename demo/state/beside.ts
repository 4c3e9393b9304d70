import { effect } from "@preact/signals";
import type { PublishedName, Settings } from "../settings/settings.js";
import { WorkerEngine } from "./engine.js";
import { Store } from "./store.js";

/** The training of another store, done again on a device of its own: it follows wherever that one goes. */
export class Beside {
  readonly #engine = new WorkerEngine();
  readonly #stop: () => void;
  readonly store: Store;

  constructor(main: Store, backend: Settings["backend"]) {
    const [settings, rates] = [main.settings.peek(), main.frame.peek()?.rates];
    const language = { code: main.language.peek(), texts: main.texts.peek() };
    this.store = new Store(this.#engine, { ...settings, backend }, language, main.mayUseGpu);
    this.#engine.hear = (news) => this.store.hear(news);
    const { file, images } = main.brought;
    if (settings.data === "own") this.store.takeFile(file.peek()!);
    const source = images.peek()[settings.data as PublishedName];
    if (source) this.store.takeImages(settings.data as PublishedName, source);
    const files = main.beginning?.files;
    const past = rates && { ...main.beginning?.past, rates };
    if (files || (rates && rates.length > 1)) this.store.open({ ...(files && { files }), ...(past && { past }) });
    this.#stop = effect(() => {
      const [goal, here] = [main.frame.value?.step, this.store.frame.value?.step];
      if (this.store.status.value === "resting" && goal !== undefined && here !== goal) this.store.seek(goal);
    });
  }

  end(): void {
    this.#stop();
    this.#engine.end();
  }
}
