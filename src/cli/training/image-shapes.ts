import { Dataset } from "../../data/index.js";
import type { ImageShape } from "../../report/index.js";
import type { DataParts } from "./parts.js";

/** Data sets whose rows are images, though their shape doesn't say so. */
const IMAGES: Readonly<Record<string, ImageShape>> = { digits: { height: 8, width: 8, channels: 1 } };

/** The shape of images that lie in flat rows; undefined where rows aren't known to be such. */
export const flatImageOf = ({ sample = "", image }: { sample?: string; image?: ImageShape }): ImageShape | undefined =>
  image ?? (Object.hasOwn(IMAGES, sample) ? IMAGES[sample] : undefined);

/** Data as images where its flat rows are such: random changes go by height and width. */
export const asImages = (data: Dataset, image?: ImageShape): Dataset =>
  image ? Dataset.own({ ...data, shape: [image.height, image.width, image.channels] }) : data;

/** The same of all parts of data. */
export const partsAsImages = (parts: DataParts, image?: ImageShape): DataParts => ({
  ...parts,
  train: asImages(parts.train, image),
  validation: parts.validation && asImages(parts.validation, image),
  test: parts.test && asImages(parts.test, image),
});
