/**
 * Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). The same seed, stream and position give the same bits here and in
 * `shaders/functions/philox.wgsl`; nothing is carried from draw to draw, so any position can be computed alone.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers, as a signed one: integer arithmetic all through. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const left = Math.imul(aHigh, bLow);
  const right = Math.imul(aLow, bHigh);
  const carry = (left & 0xffff) + (right & 0xffff) + (Math.imul(aLow, bLow) >>> 16);
  return (Math.imul(aHigh, bHigh) + (left >>> 16) + (right >>> 16) + (carry >>> 16)) | 0;
}

/** One block: writes four uniform 32-bit words for a 128-bit counter and a 64-bit key into `out`. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let c0 = counter[0] | 0;
  let c1 = counter[1] | 0;
  let c2 = counter[2] | 0;
  let c3 = counter[3] | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(c0, MULTIPLIER_0);
    const low0 = Math.imul(c0, MULTIPLIER_0);
    const high1 = multiplyHigh(c2, MULTIPLIER_1);
    const low1 = Math.imul(c2, MULTIPLIER_1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Streams of random numbers: each use has its own, so that no two share bits. */
export const Stream = {
  weights: 0,
  shuffle: 1,
  split: 2,
  dropout: 3,
  noise: 4,
  synthetic: 5,
  augmentation: 6,
  resample: 7,
  search: 8,
  generation: 9,
  classes: 10,
} as const;

/** The 64-bit key of a seed: an integer from 0 to 2^53 - 1, as [low, high] words. */
export function seedKey(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0];
}

/**
 * Random words `0, 1, 2, ...` of (seed, stream, position). Word i is lane i mod 4 of the block whose counter is
 * [floor(i / 4), position, stream, substream].
 */
export class RandomStream {
  readonly #key: [number, number];
  readonly #counter: [number, number, number, number];
  readonly #block = new Uint32Array(4);
  #next = 0;

  constructor(seed: number, stream: number, position = 0, substream = 0) {
    this.#key = seedKey(seed);
    this.#counter = [0, position, stream, substream];
  }

  /** A uniform integer in [0, 2^32). */
  nextWord(): number {
    const lane = this.#next & 3;
    if (lane === 0) {
      this.#counter[0] = this.#next >>> 2;
      philox(this.#counter, this.#key, this.#block);
    }
    this.#next++;
    return this.#block[lane];
  }

  /** A uniform float64 in [0, 1), of 32 random bits. */
  nextUniform(): number {
    return this.nextWord() / 0x100000000;
  }

  /** A standard normal float64 (Box and Muller, 1958); two words a draw. */
  nextNormal(): number {
    const radius = Math.sqrt(-2 * Math.log((this.nextWord() + 1) / 0x100000001));
    return radius * Math.cos(2 * Math.PI * this.nextUniform());
  }

  /** A uniform integer in [0, bound), without bias (Lemire, 2019). */
  nextBelow(bound: number): number {
    for (;;) {
      const word = this.nextWord();
      const low = Math.imul(word, bound) >>> 0;
      // The remainder, which takes long, is below the bound.
      if (low >= bound || low >= (0x100000000 - bound) % bound) return multiplyHigh(word, bound) >>> 0;
    }
  }
}

/** Shuffles in place (Fisher and Yates) and returns the array. */
export function shuffle<T extends Uint32Array | number[]>(items: T, random: RandomStream): T {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.nextBelow(last + 1);
    const item = items[last];
    items[last] = items[other];
    items[other] = item;
  }
  return items;
}

/** Standard deviation of the numbers that `noise` draws: heads of 96 coins, and the difference of two uniform numbers. */
export const NOISE_DEVIATION: number = /* @__PURE__ */ Math.sqrt(96 / 4 + 2 / 12);

/** A word of 32 random bits is below this with the given probability. */
export const thresholdOf = (probability: number): number => Math.round(probability * 0x100000000);

/** The numbers of dropout that a GPU is told, each a float32: the halves of the threshold's 32 bits, and the scale. */
export function dropoutWords(rate: number): number[] {
  const threshold = thresholdOf(rate);
  return [threshold >>> 16, threshold % 65536, 1 / (1 - rate)];
}
