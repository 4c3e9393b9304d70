import base from "../vitest.config.js";

/** Tests that take minutes: soaks, kills by the dozen, published accuracies, long reproductions. `npm run test:long` */
export default { ...base, test: { ...base.test, include: ["test/long/**/*.test.ts"], exclude: [] } };
