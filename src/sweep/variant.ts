import type { Trainer } from "../training/trainer.js";

/** The backend of a device and the variant of its engine, in words: where they are the same, so are the bits. */
export function variantOf(device: Trainer["device"]): string {
  const { backend, variant, adapter } = device.whole ?? device;
  const of = adapter ? `${adapter.description}, ${adapter.architecture || adapter.vendor}` : variant;
  return of === undefined ? backend : `${backend}, ${of}`;
}
