/** What checks are made of, loaded together when the first is asked for. */
export { checkGradients } from "./check-gradients.js";
export { checkParity } from "./check-parity.js";
