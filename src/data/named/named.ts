import { checkOptions, type OptionNames } from "../../core/options.js";
import type { Dataset } from "../dataset.js";
import { readIdx } from "../formats/idx.js";
import { imageDataset, pixelDataset } from "../formats/images.js";
import { readTar } from "../formats/tar.js";
import { openSource, readAll } from "../sources/source.js";
import { tableFromCsv } from "../table/build.js";
import { TABLE_OPTIONS, type TableOptions } from "../table/options.js";
import type { Table } from "../table/table.js";
import { type DownloadOptions, publishedBytes } from "./download.js";
import {
  cifar10File,
  fashionMnistFiles,
  type IdxFiles,
  mnistFiles,
  type PublishedFile,
  studentPerformanceFile,
  tinyshakespeareFile,
  titanicFile,
} from "./files.js";

/** The parts of a data set as it was published. */
export interface PublishedSplit {
  train: Dataset;
  test: Dataset;
}

const OPTIONS: OptionNames<DownloadOptions> = { dataDir: true, mirrors: true, stallSeconds: true };

async function unzipped(file: PublishedFile, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  return readAll(await openSource(await publishedBytes(file, options), file.path));
}

async function idxSplit(
  name: string,
  files: IdxFiles,
  options: DownloadOptions,
  classNames?: readonly string[],
): Promise<PublishedSplit> {
  checkOptions(name, options, OPTIONS);
  const read = async (file: PublishedFile) => readIdx(await unzipped(file, options), file.path);
  const names = classNames ?? Array.from({ length: 10 }, (_, digit) => String(digit));
  return {
    train: imageDataset(await read(files.images), await read(files.labels), { name, classNames: names }),
    test: imageDataset(await read(files.testImages), await read(files.testLabels), { name, classNames: names }),
  };
}

/**
 * Handwritten digits (LeCun and Cortes): 60,000 images to train and 10,000 to test, [28, 28, 1], 0 (background) to 1 (ink);
 * classes 0 to 9. Downloaded on first use (12 MB) and kept.
 *
 * @throws DataError when it isn't there and can't be downloaded, saying where to put which file; ArgumentError when an
 * option is unknown
 */
export const mnist = (options: DownloadOptions = {}): Promise<PublishedSplit> => idxSplit("mnist", mnistFiles, options);

/** Names of the classes of `fashionMnist`, in their order. */
export const fashionMnistClasses: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** Clothing articles (Xiao, Rasul and Vollgraf, 2017) in the form of MNIST; 31 MB. @throws DataError as `mnist` */
export const fashionMnist = (options: DownloadOptions = {}): Promise<PublishedSplit> =>
  idxSplit("fashionMnist", fashionMnistFiles, options, fashionMnistClasses);

const OBJECTS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const SIDE = 32;
const CHANNELS = 3;

/**
 * Photographs of ten kinds of objects (Krizhevsky, 2009): 50,000 images to train and 10,000 to test, [32, 32, 3] (red,
 * green, blue), 0 to 1; 170 MB.
 *
 * @throws DataError or ArgumentError as `mnist`
 */
export async function cifar10(options: DownloadOptions = {}): Promise<PublishedSplit> {
  checkOptions("cifar10", options, OPTIONS);
  const files = readTar(await unzipped(cifar10File, options), cifar10File.path);
  const part = (names: readonly string[]) => cifarPart(names.map((name) => files.get(`cifar-10-batches-bin/${name}`)!));
  return { train: part([1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`)), test: part(["test_batch.bin"]) };
}

/** Records of a label and three planes of pixels, as images whose channels lie beside each other. */
export function cifarPart(batches: readonly Uint8Array[]): Dataset {
  const plane = SIDE * SIDE;
  const record = 1 + plane * CHANNELS;
  const rows = batches.reduce((sum, { length }) => sum + length / record, 0);
  const labels = new Uint32Array(rows);
  const pixels = new Uint8Array(rows * plane * CHANNELS);
  let row = 0;
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at += record, row++) {
      labels[row] = batch[at];
      for (let i = 0; i < plane * CHANNELS; i++) {
        pixels[row * plane * CHANNELS + (i % plane) * CHANNELS + Math.floor(i / plane)] = batch[at + 1 + i];
      }
    }
  }
  return pixelDataset(pixels, [SIDE, SIDE, CHANNELS], labels, { name: "cifar10", classNames: OBJECTS });
}

async function publishedTable(
  file: PublishedFile,
  defaults: TableOptions,
  options: DownloadOptions & TableOptions,
): Promise<Table> {
  checkOptions(defaults.name!, options, { ...TABLE_OPTIONS, ...OPTIONS });
  const { dataDir, mirrors, stallSeconds, ...rest } = options;
  const bytes = await publishedBytes(file, { dataDir, mirrors, stallSeconds });
  return tableFromCsv(bytes, { ...defaults, ...rest });
}

/** Passengers of the Titanic: 891 rows of 12 columns with categories and gaps; who survived is to be predicted. */
export const titanic = (options: DownloadOptions & TableOptions = {}): Promise<Table> =>
  publishedTable(titanicFile, { name: "titanic", target: "Survived" }, options);

/** Students' habits and an index of their performance: 10,000 rows of 6 columns. */
export const studentPerformance = (options: DownloadOptions & TableOptions = {}): Promise<Table> =>
  publishedTable(studentPerformanceFile, { name: "studentPerformance", target: "Performance Index" }, options);

/**
 * A part of Shakespeare's plays as one text: 1,115,394 characters, 65 different ones.
 *
 * @throws DataError and ArgumentError as `mnist`
 */
export async function tinyshakespeare(options: DownloadOptions = {}): Promise<string> {
  checkOptions("tinyshakespeare", options, OPTIONS);
  return new TextDecoder().decode(await publishedBytes(tinyshakespeareFile, options));
}
