import { defineConfig } from "vitest/config";
import { slowTests } from "./slow-tests.js";
import short from "./unit.config.js";
import base from "./vitest.config.js";

const slow = { ...base, test: { ...base.test, name: "slow", include: slowTests } };

/** All tests, `npm test`: those of the short loop share processes, each slow file has one of its own. */
export default defineConfig({ root: base.root, test: { maxWorkers: base.test!.maxWorkers, projects: [short, slow] } });
