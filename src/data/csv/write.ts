/**
 * One line of separated values, its line end included. Fields are quoted where they hold a delimiter, a quote, a line
 * break, or blanks at an end.
 */
export function csvLine(fields: readonly (string | number)[], delimiter = ","): string {
  const quoted = fields.map((field) => {
    const text = String(field);
    const needsQuotes = text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text);
    return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(delimiter)}\n`;
}
