import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isIdx } from "../../data/formats/idx.js";
import { type Dataset, imageDataset, readIdx } from "../../data/index.js";
import { openSource, readAll, readHead } from "../../data/sources/source.js";
import { DataError } from "../../index.js";

const HEAD = 16;
const IMAGES = /images(.)idx[34]/;

/** Whether a file holds images or labels as MNIST publishes them. @throws DataError when it can't be read */
export async function isIdxFile(path: string): Promise<boolean> {
  if (path === "-") return false;
  return isIdx(await readHead(await openSource(path, basename(path)), HEAD));
}

/**
 * Images of an IDX file, with the labels of the file beside it that is called as MNIST calls them: "images-idx3" in the name
 * of one is "labels-idx1" in that of the other.
 *
 * @throws DataError when the names don't tell, there are no labels, or the two don't fit each other
 */
export async function idxFiles(path: string): Promise<Dataset> {
  const name = basename(path);
  if (!IMAGES.test(name)) {
    throw new DataError(
      `${name}: it is an IDX file, which holds images or labels alone. Give the one with the images, its name with ` +
        `"images-idx3" in it, and put the labels beside it, with "labels-idx1" in its place.`,
    );
  }
  const renamed = name.replace(IMAGES, "labels$1idx1");
  const found = [renamed, renamed.replace(/\.gz$/, ""), `${renamed}.gz`].find((each) =>
    existsSync(join(dirname(path), each)),
  );
  if (found === undefined) throw new DataError(`${name}: its labels aren't there. Put them beside it, as ${renamed}.`);
  const [images, labels] = await Promise.all(
    [name, found].map(async (each) => readIdx(await readAll(await openSource(join(dirname(path), each), each)), each)),
  );
  return imageDataset(images, labels, { name });
}
