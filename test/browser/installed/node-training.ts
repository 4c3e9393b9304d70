import type { TestProject } from "vitest/node";
import type { Trained } from "./iris.js";

declare module "vitest" {
  interface ProvidedContext {
    trainedInNode: Trained;
  }
}

/** Trains in Node what a browser's tests compare theirs with. */
export default async function setup(project: TestProject): Promise<void> {
  Object.assign(globalThis, { READABLE_WGSL: true }); // what Vite defines in tests, it doesn't here
  const { trainIris } = await import("./iris.js");
  const { openDevice } = await import("../../../src/backends/open.js");
  const device = await openDevice({ backend: "wasm" });
  project.provide("trainedInNode", await trainIris(device));
  device.dispose();
}
