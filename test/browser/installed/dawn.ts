import type { Platform } from "../../../src/backends/platform.js";

/* The browser's WebGPU in place of Dawn, for tests that open Dawn where they run in Node. */

export const create = (): GPU => navigator.gpu;

export const dawn: Platform = { gpu: async () => navigator.gpu };
