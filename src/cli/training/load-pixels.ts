import { type Dataset, readCsv, Standardiser } from "../../data/index.js";
import { ArgumentError } from "../../index.js";
import type { ImageShape } from "../../report/index.js";
import { imageSizeOf } from "../settings/kinds.js";
import { readDataFile } from "./data-file.js";

/** Rows of pixels, and the images that they are. */
export interface LoadedPixels {
  data: Dataset;
  image: ImageShape;
}

/** Columns of a file of pixels. */
interface PixelColumns extends Omit<Parameters<typeof readCsv>[1], "name"> {
  imageSize: string;
}

/** The brightest pixel of images in whole numbers. */
const BRIGHTEST = 255;

/**
 * A file whose columns are an image's pixels, line after line, and one to predict.
 *
 * @throws ArgumentError when there are more or fewer pixels than images of the size have; DataError as of readCsv
 */
export async function loadPixels(
  path: string,
  name: string,
  { imageSize, ...columns }: PixelColumns,
): Promise<LoadedPixels> {
  const data = readCsv(await readDataFile(path), { ...columns, name });
  const [pixels] = data.shape;
  const [height, width] = imageSizeOf(imageSize)!.size;
  const channels = pixels / (height * width);
  const said = /^\d+x\d+x([13])$/.exec(imageSize)?.[1];
  if (said === undefined ? channels === 1 || channels === 3 : channels === Number(said)) {
    return { data, image: { height, width, channels } };
  }
  const grey = height * width;
  throw new ArgumentError(
    `--image-size ${imageSize}: ${name} has ${pixels} columns beside "${data.targetName}", and such images have ` +
      `${grey} pixels in grey and ${3 * grey} numbers in colour. Give the size of the images, and leave other columns out of the file.`,
  );
}

/** The division by 255 of pixels that are whole numbers up to that; undefined for those from 0 to 1. */
export function pixelScale({ features, shape: [count] }: Dataset): Standardiser | undefined {
  let brightest = 0;
  for (const pixel of features) if (pixel > brightest) brightest = pixel;
  if (brightest <= 1 || brightest > BRIGHTEST) return undefined;
  return Standardiser.fromJSON({
    mean: new Array<number>(count).fill(0),
    deviation: new Array<number>(count).fill(BRIGHTEST),
  });
}
