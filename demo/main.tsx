import "./style/base.css";
import "./style/panels.css";
import "./style/network.css";
import "./style/transport.css";
import "./style/narrow.css";
import { batch, effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.js";
import { followTheme } from "./drawing/palette.js";
import { loadLanguage, preferredLanguage } from "./language/index.js";
import { lessonOf } from "./lessons/names.js";
import { suggestedFor } from "./settings/data-sets.js";
import type { Settings } from "./settings/settings.js";
import { fromHash, toHash } from "./settings/url.js";
import { WorkerEngine } from "./state/engine.js";
import { Store } from "./state/store.js";
import { takeFiles } from "./state/take-files.js";

/** Whether the page is built: Vite's own server has no service worker. */
declare const IS_BUILT: boolean;

declare global {
  /** The page's store, for the console: `playground.frame.value.weights`. */
  var playground: Store;
}

/** Settings that an address holds; where it only names a lesson, the lesson's. */
async function settingsAt(hash: string): Promise<Settings> {
  const settings = fromHash(hash);
  const lesson = lessonOf(hash);
  if (settings || !lesson) return settings ?? suggestedFor("spirals");
  return (await import("./lessons/lessons.js")).lessons[lesson].settings;
}

/** In a function: files that are fetched later take parts of this one, which they would wait for in vain at its top. */
async function start(): Promise<void> {
  const engine = new WorkerEngine();
  const language = await loadLanguage(preferredLanguage(navigator.languages));
  const store = new Store(engine, await settingsAt(location.hash), language, "gpu" in navigator);
  store.lesson.value = lessonOf(location.hash);
  globalThis.playground = store;
  engine.hear = (news) => store.hear(news);

  effect(() => {
    document.documentElement.lang = store.language.value;
    document.title = store.texts.value.title;
  });
  effect(() => {
    const lesson = store.lesson.value;
    const { data } = store.settings.value;
    const hash = toHash(store.settings.value) + (lesson ? `&lesson=${lesson}` : "");
    if (hash === location.hash) return;
    // The browser's way back leads to other data and lessons; settings change the address of the same page.
    const before = fromHash(location.hash);
    const isSame = !before || (before.data === data && lessonOf(location.hash) === lesson);
    history[isSame ? "replaceState" : "pushState"](null, "", hash);
  });
  addEventListener("hashchange", async () => {
    const { hash } = location;
    const settings = await settingsAt(hash);
    batch(() => {
      store.lesson.value = lessonOf(hash);
      store.change(settings);
    });
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void takeFiles(store, files);
  });
  followTheme();
  render(<App store={store} />, document.getElementById("app")!);

  // Whatever else goes wrong is said on the page, too.
  addEventListener("error", ({ message }) => store.hear({ news: "failed", message }));
  addEventListener("unhandledrejection", ({ reason }) => store.hear({ news: "failed", message: String(reason) }));
}

void start();

// Once all is there, the whole page is kept for visits without a network.
if (IS_BUILT && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("./service-worker.js").catch(() => {}));
}
