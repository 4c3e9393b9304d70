import type { Callback, EpochRecord } from "../../index.js";

/** A callback that remembers every epoch, also those before a resume. */
export function keepHistory(): Callback & { readonly epochs: EpochRecord[] } {
  let epochs: EpochRecord[] = [];
  return {
    name: "history",
    get epochs() {
      return epochs;
    },
    onEpoch: (record) => void epochs.push(record),
    saveState: () => epochs,
    restoreState(state) {
      epochs = [...(state as EpochRecord[])];
    },
  };
}
