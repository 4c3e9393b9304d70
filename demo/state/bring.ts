import { loadFurther } from "../language/index.js";
import { settingsOfModel } from "../settings/model.js";
import type { Store } from "./store.js";

/** Names of MNIST's files, and of those that took its form. */
const IDX = /(images|labels)[-.]idx[13]/;

/** Whether a text is a model as the library saves it. */
const isModel = (json: string): boolean => json.slice(0, 200).includes('"neuromotor-model"');

/** Takes files that were dropped or chosen: a model to go on from, published images, or a table. */
export async function bring(store: Store, files: readonly File[]): Promise<void> {
  const find = (ending: string) => files.find(({ name }) => name.endsWith(ending));
  const [description, weights] = [find(".json"), find(".safetensors")];
  const json = description && (await description.slice().text());
  if (weights || (json !== undefined && isModel(json))) {
    const { share } = await loadFurther(store.language.peek());
    if (!weights || json === undefined) return store.complain(share.both);
    const safetensors = new Uint8Array(await weights.arrayBuffer());
    try {
      const { settings, past } = settingsOfModel(json, store.settings.peek());
      store.goOnFrom({ files: { json, safetensors }, past }, settings);
    } catch (error) {
      store.complain(`${share.otherModel} ${(error as Error).message}`);
    }
  } else if (files.some(({ name }) => IDX.test(name))) {
    const { data } = store.settings.peek();
    store.takeImages(data === "fashionMnist" ? data : "mnist", files);
  } else if (files[0]) store.takeFile(files[0]);
}
