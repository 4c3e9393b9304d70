/** A float32 number rounded to half precision, to the nearest, of two as near to the even one: IEEE 754's binary16. */
export function toHalf(x: number): number {
  if (Math.abs(x) >= 65520) return Math.sign(x) * Number.POSITIVE_INFINITY; // nearer to 65536 than to the largest, 65504
  const exponent = ((new Uint32Array(new Float32Array([x]).buffer)[0] >>> 23) & 255) - 127;
  const spacing = 2 ** (Math.max(exponent, -14) - 10); // 11 significant bits, fewer below 2^-14
  const below = Math.floor(x / spacing);
  const rest = x / spacing - below;
  return (rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below) * spacing;
}
