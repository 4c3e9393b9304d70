/** Side of the field that digits are drawn in, in its own pixels; and half as wide as a stroke is. */
export const INK_SIDE = 56;
const RADIUS = 2.2;

/** A place in the field, from 0 to 1 along each axis, from the upper left. */
export interface Place {
  x: number;
  y: number;
}

/** A line of ink with soft edges; where lines meet the darkest counts. @returns a new field, [INK_SIDE, INK_SIDE] */
export function withStroke(ink: Float32Array, from: Place, to: Place): Float32Array<ArrayBuffer> {
  const after = Float32Array.from(ink);
  const [ax, ay, bx, by] = [from.x, from.y, to.x, to.y].map((value) => value * INK_SIDE);
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1;
  const reach = RADIUS + 1;
  const [left, right] = [Math.floor(Math.min(ax, bx) - reach), Math.ceil(Math.max(ax, bx) + reach)];
  const [top, bottom] = [Math.floor(Math.min(ay, by) - reach), Math.ceil(Math.max(ay, by) + reach)];
  for (let row = Math.max(0, top); row <= Math.min(INK_SIDE - 1, bottom); row++) {
    for (let column = Math.max(0, left); column <= Math.min(INK_SIDE - 1, right); column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
      const away = Math.hypot(x - ax - along * dx, y - ay - along * dy);
      const value = Math.min(1, Math.max(0, reach - away));
      const place = row * INK_SIDE + column;
      if (value > after[place]) after[place] = value;
    }
  }
  return after;
}
