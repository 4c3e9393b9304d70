import { ArgumentError, DataError } from "../../core/errors.js";
import { checkOptions, type OptionNames } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import { listNames } from "../csv/text.js";
import type { Dataset } from "../dataset.js";
import { joinPath } from "../sources/node-files.js";
import { openSource, readHead } from "../sources/source.js";
import { isImage, isOtherImage } from "./decode-image.js";
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

const MOST_NAMED = 5;
/** Bytes that tell whether a file is an image. */
const HEAD = 12;

const OPTIONS: OptionNames<ImageFolderOptions> = { size: true, channels: true, name: true };

/**
 * Images in folders by class, PNG and JPEG: pixels 0 to 1, [height, width, channels], the folders' names the classes.
 *
 * @param source - a path whose folders are the classes (Node); or a page's files, each with its folder in
 * `webkitRelativePath`, as `<input type="file" webkitdirectory>` gives them
 * @returns with a warning on files that are no images, which are left out
 * @throws DataError when there are no images, one can't be decoded or has another size, folders lie deeper; or a decoder isn't
 * installed
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
  const images = typeof source === "string" ? await imagesOfPath(source, name) : imagesOfFiles(source, name);
  let first = size;
  let all: Uint8Array | undefined;
  const labels: string[] = [];
  /** Files of other kinds, which folders have beside images. */
  const others: string[] = [];
  for (const image of images) {
    const bytes = await image.read();
    if (!isImage(bytes) && !isOtherImage(bytes)) {
      others.push(image.name);
      continue;
    }
    const { pixels, height, width } = await readPixels({ ...image, read: async () => bytes }, channels, size);
    first ??= [height, width];
    if (height !== first[0] || width !== first[1]) {
      throw new DataError(
        `${image.name}: it is ${height} x ${width}, the first image ${first.join(" x ")}. ` +
          `Say a size for all: { size: [${first.join(", ")}] }, or --image-size ${first.join("x")}.`,
      );
    }
    all ??= new Uint8Array(images.length * pixels.length);
    all.set(pixels, labels.length * pixels.length);
    labels.push(image.label);
  }
  if (!all) throw new DataError(`${name}: ${noImages(others)}. Give a folder with a folder for each class.`);
  const classNames = [...new Set(labels)].sort();
  const codes = Uint32Array.from(labels, (label) => classNames.indexOf(label));
  const own = all.subarray(0, (all.length / images.length) * labels.length);
  const warnings = warningsOf(others, classNames);
  return pixelDataset(own, [...first!, channels], codes, { name, classNames, targetName: "class", warnings });
}

const noImages = ([other]: readonly string[]) =>
  other === undefined ? "there are no images" : `there are no images: ${other} is neither a PNG nor a JPEG image`;

function warningsOf(others: readonly string[], classNames: readonly string[]): string[] {
  const warnings: string[] = [];
  if (others.length > 0) {
    const listed = others.slice(0, MOST_NAMED).map((path) => path.split(/[/\\]/).slice(-2).join("/"));
    const verb = others.length === 1 ? "file is no image and is" : "files are no images and are";
    warnings.push(
      `${others.length} ${verb} left out: ${listed.join(", ")}${others.length > MOST_NAMED ? ", ..." : ""}.`,
    );
  }
  if (classNames.length === 1) {
    const only = listNames(classNames);
    warnings.push(`All images are of one class, ${only}: there is nothing to tell apart. Add a folder for each class.`);
  }
  return warnings;
}

async function imagesOfPath(path: string, name: string): Promise<LabelledImage[]> {
  const { files, folders } = await filesIn(path);
  const inside = await Promise.all(
    folders.map(async (label) => ({ label, ...(await filesIn(joinPath(path, label))) })),
  );
  const deeper = inside.find((each) => each.folders.length > 0);
  if (deeper) {
    throw new DataError(
      `${name}: the folder ${joinPath(path, deeper.label)} holds folders, ${listNames(deeper.folders.slice(0, MOST_NAMED))}. ` +
        "Give the one folder whose folders are the classes, with images alone in them.",
    );
  }
  for (const file of files) {
    if (!isImage(await readHead(await openSource(file.name), HEAD))) continue;
    throw new DataError(`${file.name}: it lies in no folder, whose name would be its class. Move it into one.`);
  }
  return inside.flatMap(({ label, files }) => files.map((image) => ({ label, ...image })));
}

function imagesOfFiles(files: readonly File[], name: string): LabelledImage[] {
  const above = new Set<string>();
  const images = [...files].map((file) => {
    const path = file.webkitRelativePath || file.name;
    const [label, ...folders] = path.split("/").slice(0, -1).reverse();
    if (label === undefined) throw new DataError(`${path}: it lies in no folder, whose name would be its class.`);
    above.add(folders.reverse().join("/"));
    return { label, name: path, read: async () => new Uint8Array(await file.arrayBuffer()) };
  });
  // Files of the system begin with a point, as in `filesIn`.
  const shown = images.filter((image) => !image.name.split("/").at(-1)!.startsWith("."));
  if (above.size <= 1) return shown;
  throw new DataError(
    `${name}: its classes lie in several folders, ${listNames([...above].sort().slice(0, MOST_NAMED))}. Give the files of one.`,
  );
}
