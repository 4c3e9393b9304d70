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
