/** Losses that few trainings have: fetched with the first that does. */
export { categoricalFocal, focal, huber, meanAbsoluteError } from "neuromotor";
