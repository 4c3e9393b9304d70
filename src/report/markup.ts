/** Text of a page in which what isn't markup has been escaped. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | false | undefined | readonly Part[];

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]);

function write(part: Part): string {
  if (part === false || part === undefined) return "";
  if (part instanceof Markup) return part.text;
  return typeof part === "object" ? part.map(write).join("") : escapeText(String(part));
}

/** Markup from a template: strings are escaped, lists joined, what is false or undefined left out. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(texts.map((text, i) => (i === 0 ? text : write(parts[i - 1]) + text)).join(""));

/** Text that is markup already: a drawn chart, a style sheet. */
export const raw = (text: string): Markup => new Markup(text);
