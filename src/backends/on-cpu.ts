import { ArgumentError } from "../core/errors.js";
import type { DeviceOptions } from "./options.js";

/**
 * The reason for a backend on the CPU, with what it leaves out of what was asked for.
 *
 * @throws ArgumentError when half precision was asked for along with that backend, which computes in float32
 */
export function reasonFor(why: string, { precision, backend = "auto" }: DeviceOptions): string {
  if (precision !== "f16") return why;
  if (backend === "auto") return `${why}; in f32, as f16 is for webgpu`;
  throw new ArgumentError(`openDevice: precision: "f16" is for webgpu; ${backend} computes in f32. Leave it out.`);
}
