import { short, together } from "./projects.js";

/** The short loop, `npm run test:unit`: without the files that begin with `// @module-tag slow`. */
export default together(...short);
