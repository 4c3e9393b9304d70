/** Six bits a sign: bits as text that an address takes as it is. */
export const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const BITS = 6;

/** A number of 32 bits as six signs: FNV-1a (Fowler, Noll, Vo) of the UTF-16 units of texts. */
export function checksum(texts: readonly string[]): string {
  const units = JSON.stringify(texts);
  let hash = 0x811c9dc5;
  for (let i = 0; i < units.length; i++) hash = Math.imul(hash ^ units.charCodeAt(i), 0x01000193);
  return Array.from({ length: 6 }, (_, i) => SIGNS[(hash >>> (BITS * i)) & 63]).join("");
}

/** Places, from 0, as a bit each, the lowest first: a thousand places take 167 signs at the most. */
export function encodePlaces(places: readonly number[]): string {
  const words = new Array<number>(places.length === 0 ? 0 : Math.floor(Math.max(...places) / BITS) + 1).fill(0);
  for (const place of places) words[Math.floor(place / BITS)] |= 1 << (place % BITS);
  return words.map((word) => SIGNS[word]).join("");
}

/** Places that a text holds, ascending; undefined where it holds none. */
export function decodePlaces(text: string): number[] | undefined {
  const words = [...text].map((sign) => SIGNS.indexOf(sign));
  if (words.includes(-1)) return undefined;
  return words.flatMap((word, i) =>
    Array.from({ length: BITS }, (_, bit) => bit)
      .filter((bit) => (word >> bit) & 1)
      .map((bit) => i * BITS + bit),
  );
}
