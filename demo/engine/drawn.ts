import { blobs, checkerboard, circles, moons, spirals } from "neuromotor/data";

/** Points that are drawn from a seed. */
export const drawn = { moons, circles, spirals, blobs, checkerboard };
