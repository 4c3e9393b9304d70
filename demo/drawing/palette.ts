import { signal } from "@preact/signals";

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colours that canvases are drawn in, as the style sheet has them for light or dark. */
export interface Palette {
  classes: readonly Colour[];
  positive: Colour;
  negative: Colour;
  /** Of nothing: a weight of 0, a place between classes. */
  neutral: Colour;
  card: Colour;
  text: Colour;
  /** Colours from negative to positive, packed, in even steps. */
  signed: Uint32Array;
}

const CLASSES = 10;

/** The colour of a class, for a style; with more classes than colours they come again. */
export const classColour = (label: number): string => `var(--class-${label % CLASSES})`;
/** Steps from neutral to the strongest colour. */
const STEPS = 256;

function read(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => parse(style.getPropertyValue(name));
  const [positive, negative, neutral] = [colour("--positive"), colour("--negative"), colour("--neutral")];
  return {
    classes: Array.from({ length: CLASSES }, (_, i) => colour(`--class-${i}`)),
    ...{ positive, negative, neutral },
    card: colour("--card"),
    text: colour("--text"),
    signed: Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) =>
      pack(mix(neutral, i < STEPS ? negative : positive, Math.abs(i - STEPS) / STEPS)),
    ),
  };
}

/** "#rrggbb" as numbers, or "#rgb", which stands for doubled digits. */
function parse(text: string): Colour {
  const digits = text.trim().slice(1);
  const number = Number.parseInt(digits.length === 3 ? digits.replace(/./g, "$&$&") : digits, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

const current = signal<Palette | undefined>(undefined);

/** The palette of now. Effects that read it run again when light turns to dark. */
export function palette(): Palette {
  current.value ??= read();
  return current.value;
}

/** Reads the style sheet again when light turns to dark. */
export function followTheme(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    current.value = read();
  });
}

/** A colour between two. @param share - 0 is `from`, 1 is `to` */
export function mix(from: Colour, to: Colour, share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share));
  return [from[0] + at * (to[0] - from[0]), from[1] + at * (to[1] - from[1]), from[2] + at * (to[2] - from[2])];
}

/** From negative by way of neutral to positive. @param value - from -1 to 1 */
export const diverging = (value: number, { positive, negative, neutral }: Palette) =>
  mix(neutral, value < 0 ? negative : positive, Math.abs(value));

/** A colour as a pixel of a canvas. */
export const pack = ([red, green, blue]: Colour): number =>
  (0xff000000 | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;

/** As `diverging`, to the next of some hundred steps, as a pixel: quick enough for thousands in a frame. */
export const divergingPixel = (value: number, { signed }: Palette): number =>
  signed[Math.round((Math.min(1, Math.max(-1, value)) + 1) * STEPS)];

export const css = ([red, green, blue]: Colour, alpha = 1): string =>
  `rgb(${red | 0} ${green | 0} ${blue | 0} / ${alpha})`;
