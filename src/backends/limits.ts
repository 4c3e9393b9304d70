import { ArgumentError } from "../core/errors.js";
import type { BackendOptions } from "./backend.js";

/** The record of one step, 256 bytes, must fit. */
const LEAST_BYTES = 256;

/** @throws ArgumentError when `maxBufferBytes` is no limit that a device could have */
export function checkLimits({ maxBufferBytes }: BackendOptions): void {
  if (maxBufferBytes === undefined || (Number.isSafeInteger(maxBufferBytes) && maxBufferBytes >= LEAST_BYTES)) return;
  throw new ArgumentError(
    `openDevice: maxBufferBytes must be an integer from ${LEAST_BYTES} up, got ${maxBufferBytes}.`,
  );
}
