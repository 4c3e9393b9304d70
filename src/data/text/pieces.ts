/*
 * Text in pieces: words with the blank before them, signs, and white space. Together they are the text.
 */

/** Longer runs are cut, so that no piece costs more than its share. */
const LONGEST = 64;

const PIECE = new RegExp(
  [
    ` ?[\\p{L}\\p{M}\\p{N}_'’]{1,${LONGEST}}`,
    " ?[^\\s\\p{L}\\p{M}\\p{N}_'’]",
    `[^\\S ]{1,${LONGEST}}`,
    ` {1,${LONGEST}}?(?= \\S)`, // the last blank belongs to the word
    ` {1,${LONGEST}}`,
  ].join("|"),
  "gu",
);

/** The pieces of a text, in order. */
export function* piecesOf(text: string): Generator<string> {
  for (const [piece] of text.matchAll(PIECE)) yield piece;
}

/** Number of times that each piece of some texts occurs. */
export function countPieces(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of piecesOf(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}
