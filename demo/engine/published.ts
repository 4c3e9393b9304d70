/** Published images: MNIST's four files as the visitor has them, or fetched by the library when they ask for that. */
import {
  type Dataset,
  fashionMnist,
  fashionMnistClasses,
  imageDataset,
  mnist,
  type PublishedSplit,
  readIdx,
} from "neuromotor/data";
import type { PublishedName } from "../settings/settings.js";
import type { ImageSource } from "./protocol.js";

const fetched = { mnist, fashionMnist };

/** Names of the parts, as they stand in the names of their files. */
const PARTS = { train: "train", test: "t10k" } as const;

const classNames: Record<PublishedName, readonly string[]> = {
  mnist: Array.from({ length: 10 }, (_, digit) => String(digit)),
  fashionMnist: fashionMnistClasses,
};

/** The images that were read last. */
let known: { name: PublishedName; source: ImageSource; split: Promise<PublishedSplit> } | undefined;

/**
 * The images of a source, read once.
 *
 * @throws DataError where a file is missing, damaged or can't be fetched
 */
export async function publishedImages(name: PublishedName, source: ImageSource, rows: number): Promise<PublishedSplit> {
  if (known?.name !== name || known.source !== source) {
    const split = source === "fetch" ? fetched[name]() : readFiles(name, source);
    known = { name, source, split };
    split.catch(() => {
      known = undefined;
    });
  }
  const { train, test } = await known!.split;
  return { train: rows < train.rows ? train.take(Array.from({ length: rows }, (_, row) => row)) : train, test };
}

async function readFiles(name: PublishedName, files: readonly File[]): Promise<PublishedSplit> {
  const part = async (of: keyof typeof PARTS): Promise<Dataset> => {
    const [images, labels] = await Promise.all(
      ["images", "labels"].map(async (what) => {
        const file = files.find((each) => each.name.includes(PARTS[of]) && each.name.includes(what));
        if (file) return readIdx(await bytesOf(file), file.name);
        const wanted = `${PARTS[of]}-${what}-idx${what === "images" ? 3 : 1}-ubyte`;
        throw new Error(
          `${wanted} isn't among the files. Choose all four at once: images and labels of train and t10k, as they were published.`,
        );
      }),
    );
    return imageDataset(images, labels, { name, classNames: classNames[name] });
  };
  return { train: await part("train"), test: await part("test") };
}

/** The bytes of a file, unpacked where it is gzip's. */
async function bytesOf(file: File): Promise<Uint8Array> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b;
  const stream = isPacked ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
