import { describe, expect, test } from "vitest";
import { type Colour, palette, series } from "../../src/charts/palette.js";
import { faintStrengthOf, strengthOf } from "../../src/charts/strength.js";

type Rgb = readonly number[];

/** Each channel as an amount of light, in [0, 1] (sRGB). */
const lightOf = (hex: string): Rgb =>
  [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });

/** WCAG 2: 4.5 for text, 3 for what pictures are made of. */
function contrast(a: Rgb, b: Rgb): number {
  const [brighter, darker] = [a, b].map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b).sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

/** How people without one kind of cones see light (Machado, Oliveira, Fernandes, 2009, severity 1). */
const VISION: Record<string, Rgb> = {
  usual: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

const seen = (light: Rgb, vision: Rgb) =>
  [0, 3, 6].map((row) =>
    Math.max(
      0,
      light.reduce((sum, value, i) => sum + vision[row + i] * value, 0),
    ),
  );

/** OKLab (Ottosson, 2020), in which distances are about as large as they look. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const distance = (a: Rgb, b: Rgb) => Math.hypot(...a.map((value, i) => value - b[i]));

describe.each(["light", "dark"] as const)("on %s paper", (paper) => {
  const background = lightOf(palette.paper[paper]);

  test.each(Object.entries(VISION))("series differ to those with %s vision", (_, vision) => {
    const all = series.map((colour) => oklab(seen(lightOf(colour[paper]), vision)));
    const distances = all.flatMap((a, i) => all.slice(i + 1).map((b) => distance(a, b)));
    expect(Math.min(...distances)).toBeGreaterThan(0.08); // 0.02 is just noticeable side by side
  });

  test("series stand out, and text can be read", () => {
    for (const colour of series) expect(contrast(lightOf(colour[paper]), background)).toBeGreaterThan(3);
    for (const text of [palette.ink, palette.soft])
      expect(contrast(lightOf(text[paper]), background)).toBeGreaterThan(4.5);
  });

  test.each([0, 0.1, 0.3, 0.5, 0.79, 0.8, 0.9, 1])("text on a cell of the share %d can be read", (share) => {
    const onto = (colour: Colour, strength: number) => {
      const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const [front, back] = [channels(colour[paper]), channels(palette.paper[paper])];
      const mixed = front.map((value, i) => Math.round(value * strength + back[i] * (1 - strength)));
      return lightOf(`#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`);
    };
    const strength = strengthOf(share);
    const text = strength >= 0.93 ? background : lightOf(palette.ink[paper]);
    expect(contrast(text, onto(series[0], strength))).toBeGreaterThan(4.5);
    for (const colour of series.slice(0, 2)) {
      expect(contrast(lightOf(palette.ink[paper]), onto(colour, faintStrengthOf(share)))).toBeGreaterThan(4.5);
    }
  });
});
