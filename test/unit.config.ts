import { slowTests } from "./slow-tests.js";
import base from "./vitest.config.js";

/** The short loop, `npm run test:unit`: without the slow tests. Files share a process, so that the library is loaded once. */
export default {
  ...base,
  test: { ...base.test, name: "short", exclude: [...base.test!.exclude!, ...slowTests], isolate: false },
};
