import { SIGNS } from "./signs.js";

/** Points that a visitor drew, as text for an address: three signs a point, classes one after another, parted by dots. */

/** A point of the plane, from -1 to 1 along each axis, and its class. */
export interface HandPoint {
  x: number;
  y: number;
  label: number;
}

/** Colours that points can have, and the most points. */
export const HAND_CLASSES = 3;
export const MOST_HAND_POINTS = 400;

/** Places along an axis: nine bits of the eighteen that three signs hold. */
const PLACES = 512;

const placeOf = (value: number) => Math.round(((Math.max(-1, Math.min(1, value)) + 1) / 2) * (PLACES - 1));
const coordinateOf = (place: number) => (place / (PLACES - 1)) * 2 - 1;

/** Whether two places lie within a distance of each other. */
export const isSamePlace = (a: { x: number; y: number }, b: { x: number; y: number }, distance: number): boolean =>
  Math.hypot(a.x - b.x, a.y - b.y) < distance;

/** Two groups to begin with: a hill of the first colour in a valley of the second. */
export const FIRST_POINTS = (): string => {
  const arc = (radius: number, label: number) =>
    Array.from({ length: 9 }, (_, i): HandPoint => {
      const angle = (Math.PI * (i + 0.5)) / 9;
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) - 0.35, label };
    });
  return encodePoints([...arc(0.3, 0), ...arc(0.8, 1)]);
};

export function encodePoints(points: readonly HandPoint[]): string {
  const texts = Array.from({ length: HAND_CLASSES }, () => "");
  for (const { x, y, label } of points) {
    const bits = placeOf(x) * PLACES + placeOf(y);
    texts[label] += SIGNS[bits >> 12] + SIGNS[(bits >> 6) & 63] + SIGNS[bits & 63];
  }
  return texts.join(".");
}

/** Points that a text holds; what isn't a point is left out. */
export function decodePoints(text: string): HandPoint[] {
  const points: HandPoint[] = [];
  for (const [label, signs] of text.split(".").slice(0, HAND_CLASSES).entries()) {
    for (let at = 0; at + 3 <= signs.length && points.length < MOST_HAND_POINTS; at += 3) {
      const [a, b, c] = [0, 1, 2].map((i) => SIGNS.indexOf(signs[at + i]));
      if (Math.min(a, b, c) < 0) continue;
      const bits = (a << 12) | (b << 6) | c;
      points.push({ x: coordinateOf(Math.floor(bits / PLACES)), y: coordinateOf(bits % PLACES), label });
    }
  }
  return points;
}
