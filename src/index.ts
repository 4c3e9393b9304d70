export { openDevice } from "./backends/open.js";
