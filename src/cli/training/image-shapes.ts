import type { ImageShape } from "../../report/index.js";

/** Data sets whose rows are images, though their shape doesn't say so. */
const IMAGES: Readonly<Record<string, ImageShape>> = { digits: { height: 8, width: 8, channels: 1 } };

/** The shape of images that lie in flat rows; undefined where rows aren't known to be such. */
export const flatImageOf = ({ sample = "" }: { sample?: string }): ImageShape | undefined =>
  Object.hasOwn(IMAGES, sample) ? IMAGES[sample] : undefined;
