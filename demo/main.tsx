import "./style/base.css";
import "./style/panels.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.js";
import { followTheme } from "./drawing/palette.js";
import { loadLanguage, preferredLanguage } from "./language/index.js";
import { suggestedFor } from "./settings/data-sets.js";
import { fromHash, toHash } from "./settings/url.js";
import { WorkerEngine } from "./state/engine.js";
import { Store } from "./state/store.js";

declare global {
  /** The page's store, for the console: `playground.frame.value.weights`. */
  var playground: Store;
}

const engine = new WorkerEngine();
const language = await loadLanguage(preferredLanguage(navigator.languages));
const store = new Store(engine, fromHash(location.hash) ?? suggestedFor("spirals"), language, "gpu" in navigator);
globalThis.playground = store;
engine.hear = (news) => store.hear(news);

effect(() => {
  document.documentElement.lang = store.language.value;
  document.title = store.texts.value.title;
});
effect(() => {
  const hash = toHash(store.settings.value);
  if (hash !== location.hash) history.replaceState(null, "", hash);
});
addEventListener("hashchange", () => {
  const settings = fromHash(location.hash);
  if (settings) store.change(settings);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file) store.takeFile(file);
});
followTheme();
render(<App store={store} />, document.getElementById("app")!);

// Whatever else goes wrong is said on the page, too.
addEventListener("error", ({ message }) => store.hear({ news: "failed", message }));
addEventListener("unhandledrejection", ({ reason }) => store.hear({ news: "failed", message: String(reason) }));
