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

/** Scripts in which no blanks stand between words. */
const UNPARTED = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"]
  .map((script) => `\\p{Script=${script}}`)
  .join("");
/** Characters that tell the script of texts. */
const ENOUGH = 10_000;

/** Whether most letters of texts are of scripts in which no blanks part words: each sentence would be one. */
export function areUnparted(texts: readonly string[]): boolean {
  let beginning = "";
  for (let i = 0; i < texts.length && beginning.length < ENOUGH; i++) beginning += texts[i].slice(0, ENOUGH);
  const count = (letters: string) => beginning.match(new RegExp(`[${letters}]`, "gu"))?.length ?? 0;
  return count(UNPARTED) * 2 > count("\\p{L}\\p{M}");
}

/** A sentence on texts of which words are no good tokens. @param what - the texts: "Texts of review" */
export const unpartedWarning = (what: string, size: number): string =>
  `${what} have no blanks between words: as words they have a vocabulary of ${size}. Take tokenizer: "characters".`;

/** Number of times that each piece of some texts occurs. */
export function countPieces(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of piecesOf(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}
