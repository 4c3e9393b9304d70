import { dataChoices } from "../settings/data-sets.js";
import type { DataName } from "../settings/settings.js";

type Dot = readonly [x: number, y: number, label: number];

const DOTS = 28;
const along = (count: number) => Array.from({ length: count }, (_, i) => i / (count - 1));

/** Places by a golden angle: even, and never twice the same. */
const disc = (x: number, y: number, radius: number, label: number): Dot[] =>
  Array.from({ length: 9 }, (_, i) => {
    const [r, angle] = [radius * Math.sqrt((i + 0.5) / 9), i * 2.4];
    return [x + r * Math.cos(angle), y + r * Math.sin(angle), label];
  });

const ring = (radius: number, label: number): Dot[] =>
  along(DOTS / 2).map((t) => [50 + radius * Math.cos(6.28 * t), 50 + radius * Math.sin(6.28 * t), label]);

const arm = (label: number): Dot[] =>
  along(DOTS / 2).map((t) => {
    const [radius, angle] = [6 + 38 * t, 6.28 * (t + label / 2)];
    return [50 + radius * Math.cos(angle), 50 - radius * Math.sin(angle), label];
  });

/** Dots that remind of each data set, in a square of 100. */
const dots: Record<DataName, () => Dot[]> = {
  xor: () => [
    [22, 78, 0],
    [22, 22, 1],
    [78, 78, 1],
    [78, 22, 0],
  ],
  moons: () =>
    along(DOTS / 2).flatMap((t): Dot[] => {
      const angle = Math.PI * t;
      return [
        [36 + 27 * Math.cos(angle), 56 - 27 * Math.sin(angle), 0],
        [64 - 27 * Math.cos(angle), 44 + 27 * Math.sin(angle), 1],
      ];
    }),
  circles: () => [...ring(38, 0), ...ring(17, 1)],
  spirals: () => [...arm(0), ...arm(1)],
  blobs: () => [...disc(76, 50, 17, 0), ...disc(32, 24, 17, 1), ...disc(32, 76, 17, 2)],
  checkerboard: () =>
    Array.from(
      { length: 16 },
      (_, i): Dot => [17 + 22 * (i % 4), 17 + 22 * Math.floor(i / 4), (i + Math.floor(i / 4)) % 2],
    ),
  iris: () => [...disc(24, 76, 13, 0), ...disc(55, 47, 17, 1), ...disc(74, 30, 17, 2)],
  wine: () => [...disc(26, 32, 17, 0), ...disc(52, 72, 17, 1), ...disc(76, 32, 17, 2)],
  digits: () => [],
  byHand: () => [...disc(28, 34, 15, 0), ...disc(66, 70, 15, 1)],
  breastCancer: () => [...disc(34, 34, 22, 0), ...disc(66, 66, 22, 1)],
  diabetes: () => along(DOTS / 2).map((t, i): Dot => [12 + 76 * t, 80 - 58 * t + 14 * Math.sin(i * 2.4), i % 2]),
  syntheticDigits: () => [],
  mnist: () => [],
  fashionMnist: () => [],
  own: () => [],
};

/** Data that a few strokes say more of. */
const strokes: Partial<Record<DataName, string>> = {
  digits: "M30 26q20-14 38 2t-14 42l-24 12h42",
  syntheticDigits: "M28 30q6-14 24-12t16 16q-2 14-20 16q22 2 22 18q-2 16-22 18t-22-12",
  mnist: "M66 26l-36 4-2 20q34-8 38 12 0 18-40 14",
  fashionMnist: "M34 22L14 34l8 16 10-6v36h36V44l10 6 8-16-20-12q-16 14-32 0z",
  byHand: "M80 16L58 50l-4 14 12-8L88 22z",
  own: "M18 22h64v56h-64zM18 42h64M18 60h64M42 22v56",
};

/** A small picture of a data set. */
export function Thumbnail({ name }: { name: DataName }) {
  const radius = name === "xor" ? 11 : name === "checkerboard" ? 8 : 5;
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      {dots[name]().map(([x, y, label]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r={radius} class={`class-${label}`} />
      ))}
      {strokes[name] && (
        <path
          class={dataChoices[name].isImage && name !== "fashionMnist" ? "stroke" : "stroke thin"}
          d={strokes[name]}
        />
      )}
    </svg>
  );
}
