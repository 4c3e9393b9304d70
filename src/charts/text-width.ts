/** Widths of the usual sans-serif faces, in parts of the font size; a character not listed is 0.56 wide. */
const WIDTHS: readonly [characters: string, width: number][] = [
  ["ijl|'.,:;!", 0.26],
  ['frtI()[]{}/\\-"· ', 0.34],
  ["cksvxyzJ", 0.52],
  ["ABCDEFGHKLNOPQRSTUVXYZ&−+=<>~", 0.66],
  ["mwMW%@", 0.86],
];

const widths = new Map(WIDTHS.flatMap(([characters, width]) => [...characters].map((each) => [each, width] as const)));

/** About how wide a line of text is, in pixels: the same everywhere, whatever fonts there are. */
export function widthOf(text: string, fontSize: number): number {
  let sum = 0;
  for (const character of text) sum += widths.get(character) ?? 0.56;
  return sum * fontSize;
}

/** Symbol, gaps and padding of a legend's entry. */
const BESIDE_TEXT = 48;
/** Longer texts of a legend are cut. */
const MOST_TEXT = 150;

/** Entries of a legend beside each other in a chart of a width: a wider legend would make the chart small. */
export function legendColumns(names: readonly string[], width: number): number {
  const longest = Math.min(MOST_TEXT, Math.max(...names.map((name) => widthOf(name, 11))));
  return Math.max(1, Math.floor((width + 40) / (longest + BESIDE_TEXT)));
}
