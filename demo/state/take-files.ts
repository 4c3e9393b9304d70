import type { Store } from "./store.js";

/** Takes files that were dropped or chosen; what tells them apart is fetched with the first. */
export async function takeFiles(store: Store, files: readonly File[]): Promise<void> {
  await (await import("./bring.js")).bring(store, files);
}
