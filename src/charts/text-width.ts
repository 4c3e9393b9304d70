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
