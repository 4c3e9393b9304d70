import { isImage } from "../../data/formats/decode-image.js";
import { imageFiles, readPixels } from "../../data/formats/image-files.js";
import type { BlockSource } from "../../data/preprocessing/pipeline.js";
import { openSource, readHead } from "../../data/sources/source.js";
import { DataError, predictRows, type Trainer } from "../../index.js";
import type { SavedModel } from "../runs/saved.js";
import { isFolder } from "./load-data.js";
import type { PredictedBlock } from "./predict-blocks.js";

/** Images at a time. */
const BLOCK = 256;
const HEAD = 4;
const BRIGHTEST = 255;

/** Whether a path is an image, or a folder of them. @throws DataError when it can't be read */
export const areImages = async (path: string): Promise<boolean> =>
  path !== "-" && (isFolder(path) || isImage(await readHead(await openSource(path), HEAD)));

/**
 * Predicts for an image or the images of a folder, block by block. They are brought to the size that the images of the
 * training were brought to by --image-size; without it they must have the size of those.
 *
 * @param each - takes every block with its predictions; the rows are the names of the files
 * @returns how many images there were
 * @throws DataError when the model doesn't take images, or one can't be read or has another size
 */
export async function predictImages(
  trainer: Trainer,
  { metadata: { featureNames, imageShape, settings, data } }: SavedModel,
  path: string,
  options: { probabilities: boolean },
  each: PredictedBlock,
): Promise<number> {
  const [height, width, channels] = imageShape ?? [];
  if (channels !== 1 && channels !== 3) {
    throw new DataError(`${path}: the model was trained on ${data}, which has no images. Give a CSV file.`);
  }
  const images = await imageFiles(path);
  for (let first = 0; first < images.length; first += BLOCK) {
    const some = images.slice(first, first + BLOCK);
    const columns = new Map(featureNames.map((name) => [name, new Float64Array(some.length)]));
    for (const [row, image] of some.entries()) {
      const read = await readPixels(image, channels, settings?.imageSize === undefined ? undefined : [height, width]);
      if (read.height !== height || read.width !== width) {
        throw new DataError(
          `${image.name}: it is ${read.height} x ${read.width}, and the model takes ${height} x ${width}. Bring it to that ` +
            "size, or train with --image-size, which brings all images to one.",
        );
      }
      for (const [i, name] of featureNames.entries()) columns.get(name)![row] = read.pixels[i] / BRIGHTEST;
    }
    const source: BlockSource = {
      rows: some.length,
      block: (names, rows) => ({
        rows: rows.length,
        columns: names.map((name) => ({ name, values: Float64Array.from(rows, (row) => columns.get(name)![row]) })),
      }),
    };
    const texts = some.map(({ name }) => [name]);
    await each({ header: ["file"], delimiter: ",", texts }, await predictRows(trainer, source, options));
  }
  return images.length;
}
