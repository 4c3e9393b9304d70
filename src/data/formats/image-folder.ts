import { ArgumentError, DataError } from "../../core/errors.js";
import { checkOptions, type OptionNames } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import type { Dataset } from "../dataset.js";
import { joinPath } from "../sources/node-files.js";
import { filesIn, type ImageFile, readPixels } from "./image-files.js";
import { pixelDataset } from "./images.js";

/** Options of `imageFolder`. */
export interface ImageFolderOptions {
  /** Height and width that all images are brought to; those of the first image where absent, which all must have then. */
  size?: readonly [height: number, width: number];
  /** 3 for colour, 1 for grey; 3. */
  channels?: 1 | 3;
  name?: string;
}

/** An image and the class it belongs to. */
type LabelledImage = ImageFile & { label: string };

const OPTIONS: OptionNames<ImageFolderOptions> = { size: true, channels: true, name: true };

/**
 * Images in folders by class, PNG and JPEG: pixels 0 to 1, [height, width, channels], the folders' names the classes.
 *
 * @param source - a path whose folders are the classes (Node); or a page's files, each with its folder in
 * `webkitRelativePath`, as `<input type="file" webkitdirectory>` gives them
 * @throws DataError when there are no images, one can't be decoded or has another size; or a decoder isn't installed
 * @throws ArgumentError when an option is unknown or out of range
 */
export async function imageFolder(
  source: string | readonly File[],
  options: ImageFolderOptions = {},
): Promise<Dataset> {
  checkOptions("imageFolder", options, OPTIONS);
  const { size, channels = 3, name = typeof source === "string" ? source.split(/[/\\]/).at(-1)! : "images" } = options;
  if (channels !== 1 && channels !== 3)
    throw new ArgumentError(`imageFolder: channels must be 1 or 3, got ${shown(channels)}.`);
  if (size && !(size.length === 2 && size.every((side) => Number.isInteger(side) && side > 0))) {
    throw new ArgumentError(`imageFolder: size must be [height, width], such as [32, 32], got ${shown(size)}.`);
  }
  const images = typeof source === "string" ? await imagesOfPath(source) : imagesOfFiles(source);
  if (images.length === 0)
    throw new DataError(`${name}: there are no images. Give a folder with a folder for each class.`);
  const classNames = [...new Set(images.map(({ label }) => label))].sort();
  let first = size;
  let all: Uint8Array | undefined;
  for (const [row, image] of images.entries()) {
    const { pixels, height, width } = await readPixels(image, channels, size);
    first ??= [height, width];
    if (height !== first[0] || width !== first[1]) {
      throw new DataError(
        `${image.name}: it is ${height} x ${width}, the first image ${first.join(" x ")}. ` +
          `Say a size for all: { size: [${first.join(", ")}] }, or --image-size ${first.join("x")}.`,
      );
    }
    all ??= new Uint8Array(images.length * pixels.length);
    all.set(pixels, row * pixels.length);
  }
  const labels = Uint32Array.from(images, ({ label }) => classNames.indexOf(label));
  return pixelDataset(all!, [...first!, channels], labels, { name, classNames, targetName: "class" });
}

async function imagesOfPath(path: string): Promise<LabelledImage[]> {
  const { folders } = await filesIn(path);
  const images = folders.map(async (label) =>
    (await filesIn(joinPath(path, label))).files.map((image) => ({ label, ...image })),
  );
  return (await Promise.all(images)).flat();
}

function imagesOfFiles(files: readonly File[]): LabelledImage[] {
  return [...files].map((file) => {
    const path = file.webkitRelativePath || file.name;
    const label = path.split("/").at(-2);
    if (label === undefined) throw new DataError(`${path}: it lies in no folder, whose name would be its class.`);
    return { label, name: path, read: async () => new Uint8Array(await file.arrayBuffer()) };
  });
}
