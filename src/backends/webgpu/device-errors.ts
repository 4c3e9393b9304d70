import { DeviceError } from "../../core/errors.js";
import type { AdapterSummary } from "../backend.js";

/* Errors that end the opening of a device, each with its remedy. */

/** The remedy where a browser finds no adapter. */
const BROWSER_REMEDY =
  "Use a browser with WebGPU (Chrome or Edge 113, Safari 26, Firefox 141 or later) over https or localhost, with " +
  'hardware acceleration on; in Node import openDevice from "neuromotor/node". backend: "cpu" works everywhere.';

/** The error where there is no adapter at all. @param lack - what WebGPU lacks here, if that is known */
export const noAdapter = (lack?: string, remedy = BROWSER_REMEDY): DeviceError =>
  new DeviceError(`No WebGPU adapter was found${lack ? `: ${lack}` : ""}. ${remedy}`);

/** The reason why the CPU was chosen, and not a GPU. @param software - the only adapter there is, if there is one */
export const whyNoGpu = (software: AdapterSummary | undefined, lack?: string): string =>
  software
    ? `because the only WebGPU adapter is a software one (${software.description})`
    : `because no WebGPU adapter was found${lack ? ` (${lack})` : ""}`;

/** The error where a limit of the adapter is below the kernels' need. */
export const tooSmall = (adapter: string, limit: string, offered: number, needed: number): DeviceError =>
  new DeviceError(
    `The GPU adapter ${adapter} is too small: ${limit} is ${offered}, at least ${needed} is needed. ` +
      'Update its driver, or use backend: "cpu".',
  );

/** The error where the driver gives no device. */
export const noDevice = (adapter: string, cause: unknown): DeviceError =>
  Object.assign(
    new DeviceError(
      `The GPU adapter ${adapter} gave no device (${(cause as Error).message}). Close other programs that ` +
        'use the GPU or update its driver; backend: "cpu" works without it.',
    ),
    { cause },
  );
