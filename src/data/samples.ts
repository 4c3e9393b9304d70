import { ArgumentError } from "../core/errors.js";
import { checkOptions, type NoOptions } from "../core/options.js";
import { shown } from "../core/shown.js";
import { readCsv } from "./csv/csv.js";
import { Dataset } from "./dataset.js";
import { syntheticDigits } from "./synthetic/digits.js";
import { blobs, checkerboard, circles, moons, spirals } from "./synthetic/plane.js";

const BRIGHTEST_PIXEL = 16;

/** The text inside a `data:` URL of gzip bytes; `fetch` would do too, but a content security policy may forbid it. */
async function gunzipDataUrl(url: string): Promise<string> {
  const bytes = Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (char) => char.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(text).text();
}

/**
 * Fisher's irises (1936): 150 flowers, 4 measurements in cm, 3 species of 50. Source and licence: `samples/README.md`.
 *
 * @throws ArgumentError when options are given: it takes none; DataError when the package's file is damaged
 */
export async function iris(options?: NoOptions): Promise<Dataset> {
  checkOptions("iris", options, {});
  const { default: text } = await import("./samples/iris.csv?raw");
  return readCsv(text, { target: "species", name: "iris" });
}

/**
 * Handwritten digits (Alpaydin and Kaynak): 1,797 images of 8×8 pixels, row by row, 0 (white) to 1; classes 0 to 9.
 * Source and licence: `samples/README.md`.
 *
 * @throws ArgumentError when options are given: it takes none; DataError when the package's file is damaged
 */
export async function digits(options?: NoOptions): Promise<Dataset> {
  checkOptions("digits", options, {});
  const { default: url } = await import("./samples/digits.csv.gz?url&inline");
  const raw = readCsv(await gunzipDataUrl(url), { target: "digit", name: "digits" });
  return raw.withFeatures(raw.features.map((pixel) => pixel / BRIGHTEST_PIXEL));
}

/**
 * Diabetes patients (Efron, Hastie, Johnstone and Tibshirani, 2004): 442 rows of 10 unscaled measurements, and a measure
 * of the disease's progression a year later (25 to 346) to predict. Source and licence: `samples/README.md`.
 *
 * @throws ArgumentError when options are given: it takes none; DataError when the package's file is damaged
 */
export async function diabetes(options?: NoOptions): Promise<Dataset> {
  checkOptions("diabetes", options, {});
  const { default: text } = await import("./samples/diabetes.csv?raw");
  return readCsv(text, { target: "progression", task: "regression", name: "diabetes" });
}

/**
 * Wines of three growers (Forina and others): 178 rows of 13 measurements. Source and licence: `samples/README.md`.
 *
 * @throws ArgumentError when options are given: it takes none; DataError when the package's file is damaged
 */
export async function wine(options?: NoOptions): Promise<Dataset> {
  checkOptions("wine", options, {});
  const { default: text } = await import("./samples/wine.csv?raw");
  return readCsv(text, { target: "class", name: "wine" });
}

/**
 * Breast tumours (Wolberg, Street and Mangasarian): 569 rows of 30 measurements, malignant or benign. Source and licence:
 * `samples/README.md`.
 *
 * @throws ArgumentError when options are given: it takes none; DataError when the package's file is damaged
 */
export async function breastCancer(options?: NoOptions): Promise<Dataset> {
  checkOptions("breastCancer", options, {});
  const { default: url } = await import("./samples/breast-cancer.csv.gz?url&inline");
  return readCsv(await gunzipDataUrl(url), { target: "class", name: "breastCancer" });
}

/**
 * Exclusive or: the 4 rows that a network without a hidden layer can't tell apart.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export async function xor(options?: NoOptions): Promise<Dataset> {
  checkOptions("xor", options, {});
  const features = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  return Dataset.from({ name: "xor", features, labels: [0, 1, 1, 0], featureNames: ["a", "b"], targetName: "a xor b" });
}

/** Loaders by name. Data sets drawn from a seed come with their defaults. */
const loaders = {
  iris,
  digits,
  diabetes,
  xor,
  wine,
  breastCancer,
  moons: async () => moons(),
  circles: async () => circles(),
  spirals: async () => spirals(),
  blobs: async () => blobs(),
  checkerboard: async () => checkerboard(),
  syntheticDigits: () => syntheticDigits(),
} as const;

/** A data set that comes with the package, or is drawn from a seed. */
export type SampleName = keyof typeof loaders;

/** Names that `loadSample` takes. */
export const sampleNames = Object.freeze(Object.keys(loaders) as SampleName[]);

/** True of the names that `loadSample` takes. */
export function isSampleName(name: string): name is SampleName {
  return Object.hasOwn(loaders, name);
}

/**
 * A sample data set by name.
 *
 * @throws ArgumentError when there is none of that name
 */
export async function loadSample(name: string): Promise<Dataset> {
  if (isSampleName(name)) return loaders[name]();
  throw new ArgumentError(`There is no sample data set ${shown(name)}; use ${sampleNames.join(", ")}.`);
}
