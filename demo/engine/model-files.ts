/** Reads models: fetched with the first that a visitor brings. */
export { decodeModel } from "neuromotor";
