import { fileURLToPath } from "node:url";
import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Lets each test of an option say which one is forgotten. */
export default mergeConfig(base, {
  test: { setupFiles: [fileURLToPath(new URL("forget-option.ts", import.meta.url))] },
});
