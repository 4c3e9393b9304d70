import { denseMakers, type LayerMakers, registered } from "./makers.js";

/*
 * A file of its own, for programs that only predict: they load a model piece by piece. Whoever decodes a model at once
 * has the makers of all kinds anyway.
 */

/** Makers enough for layers of some kinds; those of all kinds are loaded with the first that dense networks don't have. */
export async function loadMakers(kinds: readonly string[]): Promise<LayerMakers> {
  if (kinds.every((kind) => Object.hasOwn(denseMakers, kind) || registered.has(kind))) return denseMakers;
  return (await import("./from-config.js")).layerMakers;
}
