import { ArgumentError, DataError } from "../../core/errors.js";
import { joinPath, nodeFiles } from "../sources/node-files.js";
import { fileError } from "../sources/source.js";
import { decodeImage, drawImage } from "./decode-image.js";

/** The file of an image, in Node or on a page. */
export interface ImageFile {
  /** For messages. */
  name: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * An image in bytes, [height, width, channels].
 *
 * @param channels - 3 for colour, 1 for grey
 * @param size - height and width that it is brought to; its own where absent
 * @throws DataError when it can't be read or decoded
 */
export async function readPixels(image: ImageFile, channels: 1 | 3, size?: readonly [number, number]) {
  const decoded = await decodeImage(await image.read(), image.name);
  const [height, width] = size ?? [decoded.height, decoded.width];
  const pixels = new Uint8Array(height * width * channels);
  drawImage(decoded, [height, width], channels, pixels);
  return { pixels, height, width };
}

/**
 * Images at a path of Node: the file itself; or a folder's files, those of its folders behind them.
 *
 * @throws DataError when there are none, or the path can't be read
 */
export async function imageFiles(path: string): Promise<ImageFile[]> {
  const { files, folders } = await filesIn(path);
  const inside = await Promise.all(folders.map((folder) => filesIn(joinPath(path, folder))));
  const images = [...files, ...inside.flatMap((each) => each.files)];
  if (images.length === 0) throw new DataError(`${path}: there are no images in this folder.`);
  return images;
}

/** Files and names of folders in a folder, by their names, without hidden ones; a file is all that there is in it. */
export async function filesIn(path: string): Promise<{ files: ImageFile[]; folders: string[] }> {
  const node = nodeFiles();
  if (!node) throw new ArgumentError("imageFolder: a path is for Node. In a browser give the files of a folder.");
  const fileAt = (name: string) => ({ name, read: () => node.readFile(name) });
  const isFolder = async (name: string) => (await node.stat(name)).isDirectory();
  try {
    if (!(await isFolder(path))) return { files: [fileAt(path)], folders: [] };
    const files: ImageFile[] = [];
    const folders: string[] = [];
    for (const name of (await node.readdir(path)).filter((name) => !name.startsWith(".")).sort()) {
      if (await isFolder(joinPath(path, name))) folders.push(name);
      else files.push(fileAt(joinPath(path, name)));
    }
    return { files, folders };
  } catch (cause) {
    throw fileError(path, cause);
  }
}
