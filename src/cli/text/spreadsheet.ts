/** A number in digits, which a spreadsheet takes for nothing else. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Begins of a cell that a spreadsheet may take for a formula: = + - @, their wide forms, tabs and line ends, also after
 * blanks, which some spreadsheets cut off.
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/**
 * Text for a cell that no spreadsheet takes for a formula, which could call programs or send data away: an apostrophe is
 * put before it (OWASP, CSV Injection). Numbers stay as they are, also negative ones.
 */
export const escapeFormula = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);
