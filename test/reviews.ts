/*
 * Reviews that say what they say in words of their own: a table of texts that a small network can tell apart.
 */

const SUBJECTS = ["the film", "this book", "the meal", "the hotel room", "our trip to the sea", "the play"];
const WORDS = {
  good: ["wonderful", "a joy from the first minute to the last", "Lovely, simply lovely", "great", "so well made!"],
  bad: ["dreadful", "a bore, and far too long for what it has to say", "poor and dull", "awful", "a waste of time!"],
} as const;

export type Review = {
  text: string;
  label: "good" | "bad";
};

/** So many reviews, of both kinds in turn, no two alike up to 60. */
export const reviews = (rows: number): Review[] =>
  Array.from({ length: rows }, (_, i) => {
    const label = i % 2 === 0 ? "good" : "bad";
    const words = WORDS[label];
    const place = i >> 1;
    const subject = SUBJECTS[place % SUBJECTS.length];
    return { text: `I found ${subject} ${words[Math.floor(place / SUBJECTS.length) % words.length]}`, label };
  });

/** The same as a CSV file. @param more - further columns by name, of each row */
export function reviewsCsv(
  rows: number,
  more: Readonly<Record<string, (row: number) => string | number>> = {},
): string {
  const names = Object.keys(more);
  const lines = reviews(rows).map(({ text, label }, row) =>
    [`"${text}"`, ...names.map((name) => more[name](row)), label].join(","),
  );
  return `${["text", ...names, "label"].join(",")}\n${lines.join("\n")}\n`;
}
