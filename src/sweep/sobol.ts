import { ArgumentError } from "../core/errors.js";
import { RandomStream, Stream } from "../core/random.js";

/**
 * Primitive polynomials and first direction numbers of the dimensions after the first: degree, coefficients, numbers (Joe
 * and Kuo, "Constructing Sobol sequences with better two-dimensional projections", 2008: new-joe-kuo-6).
 */
const DIMENSIONS: readonly (readonly [degree: number, coefficients: number, numbers: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
];

/** The most settings of a Sobol sequence. */
export const MOST_DIMENSIONS = DIMENSIONS.length + 1;

const BITS = 32;

function directionsOf(dimension: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  if (dimension === 0) return directions.map((_, i) => 2 ** (BITS - 1 - i));
  const [degree, coefficients, numbers] = DIMENSIONS[dimension - 1];
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = numbers[i] * 2 ** (BITS - 1 - i);
      continue;
    }
    let value = directions[i - degree] ^ (directions[i - degree] >>> degree);
    for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) value ^= directions[i - k];
    directions[i] = value;
  }
  return directions;
}

/**
 * Points 0, 1, 2, ... of a Sobol sequence in [0, 1)^dimensions, which fills the cube more evenly than random points do
 * (Sobol', 1967), shifted by random bits: any seed has points of its own, as evenly spread.
 *
 * @throws ArgumentError when there are more dimensions than direction numbers
 */
export function sobolPoints(dimensions: number, count: number, seed: number): number[][] {
  if (dimensions > MOST_DIMENSIONS) {
    throw new ArgumentError(
      `sweep: sobol takes at most ${MOST_DIMENSIONS} settings, got ${dimensions}. Use random for more.`,
    );
  }
  const columns = Array.from({ length: dimensions }, (_, dimension) => {
    const directions = directionsOf(dimension);
    const shift = new RandomStream(seed, Stream.search, 2 ** 32 - 1, dimension).nextWord();
    return Array.from({ length: count }, (_, point) => {
      let bits = shift;
      // Neighbours in the Gray code's order of points differ in one direction.
      const gray = point ^ (point >>> 1);
      for (let i = 0; gray >>> i > 0; i++) if ((gray >>> i) & 1) bits ^= directions[i];
      return (bits >>> 0) / 2 ** BITS;
    });
  });
  return Array.from({ length: count }, (_, point) => columns.map((column) => column[point]));
}
