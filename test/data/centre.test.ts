import { centreImages, Dataset } from "neuromotor/data";
import { expect, test } from "vitest";
import { ArgumentError, ShapeError } from "../../src/core/errors.js";

/** An image of a ring with a tail, drawn with soft edges about a place, so many times as large, and leaning. */
function drawn(side: number, x: number, y: number, scale: number, slant: number): number[] {
  const ink = (u: number, v: number) => {
    const [across, down] = [(u - slant * v) / scale, v / scale];
    const ring = Math.abs(Math.hypot(across, down + 3) - 4) - 1.2;
    const tail = Math.hypot(across - 4, Math.max(0, Math.abs(down - 2) - 5)) - 1.2;
    return Math.min(1, Math.max(0, 0.5 - scale * Math.min(ring, tail)));
  };
  return Array.from({ length: side * side }, (_, i) => ink((i % side) + 0.5 - x, Math.floor(i / side) + 0.5 - y));
}

const imagesOf = (side: number, ...images: number[][]) =>
  Dataset.from({ features: images, labels: images.map(() => 0), shape: [side, side, 1] });

/** Centre of mass and longer side of the ink of [side, side]. */
function measures(pixels: Float32Array, side: number) {
  const inked = [...pixels.keys()].filter((i) => pixels[i] > 0.3);
  const columns = inked.map((i) => i % side);
  const rows = inked.map((i) => Math.floor(i / side));
  const length = (places: number[]) => Math.max(...places) - Math.min(...places) + 1;
  const mass = pixels.reduce((sum, pixel) => sum + pixel, 0);
  const mean = (place: (i: number) => number) => pixels.reduce((sum, pixel, i) => sum + pixel * place(i), 0) / mass;
  return {
    centre: [mean((i) => (i % side) + 0.5), mean((i) => Math.floor(i / side) + 0.5)],
    longer: Math.max(length(columns), length(rows)),
  };
}

test("ink of any size, place and slant becomes the same image, as large as the box and centred", () => {
  const images = imagesOf(56, drawn(56, 20, 25, 1.6, 0), drawn(56, 33, 30, 2.4, 0), drawn(56, 28, 28, 2, 0.35));
  const { shape, rows, features } = centreImages(images);
  expect([rows, ...shape]).toEqual([3, 28, 28, 1]);
  const first = features.slice(0, 784);
  for (let row = 0; row < rows; row++) {
    const pixels = features.slice(row * 784, (row + 1) * 784);
    const { centre, longer } = measures(pixels, 28);
    for (const place of centre) expect(Math.abs(place - 14)).toBeLessThan(0.15);
    expect(Math.abs(longer - 20)).toBeLessThanOrEqual(1);
    const difference = pixels.reduce((sum, pixel, i) => sum + Math.abs(pixel - first[i]), 0) / 784;
    expect(difference).toBeLessThan(0.025);
  }
  const leaning = centreImages(images, { straighten: false }).features.slice(2 * 784);
  const difference = leaning.reduce((sum, pixel, i) => sum + Math.abs(pixel - first[i]), 0) / 784;
  expect(difference).toBeGreaterThan(0.05);
});

test("an empty image stays empty, faint pixels are none, and labels and names stay", () => {
  const faint = drawn(12, 6, 6, 0.5, 0).map((pixel) => 0.1 * pixel);
  const data = Dataset.from({ features: [faint, faint], labels: ["b", "a"], shape: [12, 12, 1] });
  const { features, classNames, labels } = centreImages(data, { side: 5, box: 4 });
  expect(features).toEqual(new Float32Array(50));
  expect([classNames, [...labels]]).toEqual([
    ["a", "b"],
    [1, 0],
  ]);
  expect(centreImages(data, { ink: 0.05 }).features.some((pixel) => pixel > 0)).toBe(true);
});

test("what isn't an image, or doesn't fit, is refused", () => {
  const flat = Dataset.from({ features: [[1, 2, 3, 4]], labels: [0] });
  expect(() => centreImages(flat)).toThrow(ShapeError);
  const image = imagesOf(2, [0, 1, 1, 0]);
  expect(() => centreImages(image, { box: 30 })).toThrow(ArgumentError);
  expect(() => centreImages(image, { ink: 0 })).toThrow(ArgumentError);
});
