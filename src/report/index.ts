/** Reports and charts of trainings, for browser and Node. What draws them is loaded with the first chart. */
export * from "../charts/index.js";
export { type Language, languages } from "../language/index.js";
export * from "./report.js";
