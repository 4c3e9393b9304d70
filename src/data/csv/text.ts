const LONGEST_QUOTE = 40;
const MOST_LISTED = 20;

/** Text from a file as it may stand in a message: quoted, never longer than a line. */
export function shorten(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/** Names of columns or classes for a message: the first 20, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).map(shorten).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Whether a character is a blank or shows nothing: a soft hyphen, one of width zero, a mark of direction or of byte order. */
const isUnseen = (code: number) =>
  code <= 0x20 ||
  code === 0xa0 ||
  code === 0xad ||
  (code >= 0x2000 && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202f) ||
  (code >= 0x205f && code <= 0x2064) ||
  code === 0x3000 ||
  code === 0xfeff;

/** A text without blanks and what isn't seen around it, as pages and messages leave it behind. */
export function trimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isUnseen(text.charCodeAt(from))) from++;
  while (to > from && isUnseen(text.charCodeAt(to - 1))) to--;
  return to - from === text.length ? text : text.slice(from, to);
}
