/**
 * Fewer points of a line, for the eye the same: of each stretch its first, least, greatest and last.
 *
 * @param points - [n], in the order of the line
 * @param most - about so many are left
 */
export function thin<T>(points: readonly T[], most: number, value: (point: T) => number): T[] {
  if (points.length <= most) return [...points];
  const stretches = Math.max(1, Math.floor(most / 4));
  const kept: T[] = [];
  for (let i = 0; i < stretches; i++) {
    const from = Math.floor((i * points.length) / stretches);
    const to = Math.floor(((i + 1) * points.length) / stretches);
    let [least, greatest] = [from, from];
    for (let at = from; at < to; at++) {
      if (value(points[at]) < value(points[least])) least = at;
      if (value(points[at]) > value(points[greatest])) greatest = at;
    }
    const places = [...new Set([from, least, greatest, to - 1])].sort((a, b) => a - b);
    kept.push(...places.map((at) => points[at]));
  }
  return kept;
}

/**
 * Points of a curve in the unit square, without those that lie within 1/250 of the one before and those between two
 * others on a level or upright line. The ends stay.
 */
export function thinCurve(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const kept: { x: number; y: number }[] = [];
  points.forEach((point, i) => {
    const last = kept.at(-1);
    const isFar = !last || Math.abs(point.x - last.x) > 0.004 || Math.abs(point.y - last.y) > 0.004;
    if (!isFar && i < points.length - 1) return;
    const before = kept.at(-2);
    const isBetween =
      before && ((before.x === last!.x && last!.x === point.x) || (before.y === last!.y && last!.y === point.y));
    if (isBetween) kept.pop();
    kept.push(point);
  });
  return kept;
}
