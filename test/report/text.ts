/** The text of a page, without its markup. */
export const textOf = (page: string): string =>
  page.replace(/<(style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ");
