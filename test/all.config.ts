import { short, slow, together } from "./projects.js";

/** All tests, `npm test`. */
export default together(...short, ...slow);
