import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/*
 * The README and the pages of docs/, and the blocks of code in them.
 */
export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Block {
  /** Path of its page from the root of the repository. */
  page: string;
  /** The line of the page that it begins at. */
  line: number;
  /** `ts`, `sh`, `text`, or what it is written in. */
  language: string;
  code: string;
  /** Expected output, where a block of `text` follows with nothing but an empty line between. */
  prints?: string;
}

/** All pages for readers: the README and docs/, without what is generated. */
export const pages: readonly string[] = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((page) => !page.startsWith("docs/reference/"))
    .sort(),
];

export const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** The blocks of a page, in order; of those that print something, the `text` that follows is a part. */
export function blocksOf(page: string, text = textOf(page)): Block[] {
  const found = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    language: match[1],
    code: match[2],
    start: match.index,
    end: match.index + match[0].length,
  }));
  return found.flatMap(({ start: _, end, ...block }, i) => {
    const next = found[i + 1];
    const follows = next?.language === "text" && text.slice(end, next.start).trim() === "";
    const runs = block.language === "ts" || block.language === "sh";
    return [{ ...block, ...(runs && follows && { prints: next.code }) }];
  });
}

/** Whether a block is for a page in a browser, as its first line says. */
export const isForPages = ({ code }: Block): boolean => code.startsWith("// In a page");

/**
 * Whether a program printed what its page shows: the same lines, where a line `...` stands for any others.
 *
 * @returns the lines shown that were not printed, in order; none where all is well
 */
export function missingLines(shown: string, printed: string): string[] {
  const lines = printed
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd());
  const expected = shown
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd());
  let at = 0;
  let skips = false;
  for (const [i, line] of expected.entries()) {
    if (line === "...") {
      skips = true;
      continue;
    }
    const found = skips ? lines.indexOf(line, at) : lines[at] === line ? at : -1;
    if (found === -1) return expected.slice(i);
    at = found + 1;
    skips = false;
  }
  return skips || at === lines.length ? [] : [`(and nothing after it, but there is: ${lines.slice(at).join("\n")})`];
}
