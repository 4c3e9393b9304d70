import { type Language, numbersIn, textsIn } from "../language/index.js";
import { html, type Markup } from "./markup.js";

export interface Column {
  title: string;
  /** Numbers stand below each other, on the right. */
  isNumber?: boolean;
  /** Phrases: a line has several words, however narrow the screen is. */
  isPhrase?: boolean;
}

export type Cell = string | Markup;

/**
 * A table with a caption for those who can't see where it stands. On a narrow screen it is scrolled, by keyboard as well.
 *
 * @param rows - cells in the order of the columns; the first names its row
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Markup {
  const look = (column: number) => {
    const { isNumber, isPhrase } = columns[column];
    return isNumber ? html` class="number"` : isPhrase && html` class="phrase"`;
  };
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption class="unseen">${caption}</caption><thead><tr>${columns.map(
    ({ title }, i) => html`<th scope="col"${look(i)}>${title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) =>
        i === 0 ? html`<th scope="row"${look(i)}>${cell}</th>` : html`<td${look(i)}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}

/** A table that has the first rows of many, with a title that says so; without one where it has them all. */
export function firstRows(
  { title, shown, total }: { title: string; shown: number; total: number },
  language: Language,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Markup {
  if (shown === total) return table(title, columns, rows);
  const { count } = numbersIn(language);
  const caption = textsIn(language).page.firstOf({ title, shown: count(shown), total: count(total) });
  return html`<div><h3>${caption}</h3>${table(caption, columns, rows)}</div>`;
}

/** Names and values below each other, such as settings. */
export const definitions = (pairs: readonly (readonly [name: string, value: Cell])[]): Markup =>
  html`<dl class="pairs">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
