import { type Backend, openDevice } from "neuromotor";
import type { Settings } from "./settings.js";

/** A device to train on, and what to do for a better one. */
export interface Found {
  device: Backend;
  /** What the user can do to train on the GPU; absent where it is used, or wasn't asked for. */
  advice?: string;
}

const opened = new Map<Settings["backend"], Promise<Found>>();

/** Opens a device once for each choice. Where WebGPU can't be had it is the CPU, and `advice` says what to do. */
export function findDevice(choice: Settings["backend"]): Promise<Found> {
  let found = opened.get(choice);
  if (!found) {
    found = open(choice);
    opened.set(choice, found);
  }
  return found;
}

/** After a device was lost: the next training opens another. */
export const forgetDevices = (): void => opened.clear();

async function open(choice: Settings["backend"]): Promise<Found> {
  try {
    const device = await openDevice({ backend: choice });
    const wantedGpu = choice === "auto" || choice === "webgpu";
    return device.backend !== "webgpu" && wantedGpu ? { device, advice: howToGetWebgpu() } : { device };
  } catch (error) {
    const reason = navigator.gpu ? `${(error as Error).message} ` : "";
    return { device: await openDevice({ backend: "wasm" }), advice: reason + howToGetWebgpu() };
  }
}

function howToGetWebgpu(): string {
  if (!isSecureContext) {
    return (
      "Training goes on with the CPU. For the GPU, open this page through https:// or http://localhost: " +
      "browsers keep WebGPU from pages on plain http."
    );
  }
  if (!navigator.gpu) {
    return (
      "This browser has no WebGPU, so training goes on with the CPU. For the GPU, use Chrome or Edge 113, Safari 26 or " +
      "Firefox 141, or later. In Chrome on Linux it may have to be switched on: open chrome://flags/#enable-unsafe-webgpu, " +
      "choose Enabled and restart."
    );
  }
  return (
    "This browser has WebGPU but found no GPU that it trusts, so training goes on with the CPU. For the GPU, switch on " +
    "hardware (graphics) acceleration in the browser’s settings, update the graphics driver, and restart; in Chrome, " +
    "chrome://gpu says what is missing."
  );
}
