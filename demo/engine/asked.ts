import type { Backend } from "neuromotor";
import type { Settings } from "../settings/settings.js";
import type { Built } from "./build.js";
import type { Parts } from "./data.js";
import type { Past } from "./run.js";

/** Sources of answers. */
export interface Asked {
  built: Built;
  parts: Parts;
  settings: Settings;
  device: Backend;
  past: Required<Past>;
  /** Has the network be shown looking at an image, [...input]. */
  look: (pixels: Float32Array<ArrayBuffer>) => void;
}
