import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { pages, root, textOf } from "./blocks.js";

/*
 * The pages themselves: their lengths, and what they link to.
 */
const linesOf = (page: string) => textOf(page).trimEnd().split("\n").length;
/** Files that npm would publish, as paths from the root of the repository. */
let packed: string[];
beforeAll(async () => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: root, maxBuffer: 2 ** 26 });
  const [{ files }] = Object.values(JSON.parse(stdout)) as [{ files: { path: string }[] }];
  packed = files.map(({ path }) => path);
});

describe("links", () => {
  /** Without blocks of code. */
  const prose = (page: string) => textOf(page).replace(/^```.*?^```$/gms, "");
  const linksOf = (page: string) => [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  /** Anchors of a page's headings, as GitHub and npm make them. */
  const anchorsOf = (page: string) =>
    [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\d\s_-]/gu, "")
        .replaceAll(" ", "-"),
    );

  test.each(pages.filter((page) => linksOf(page).length > 0))("of %s lead somewhere, in the package too", (page) => {
    expect(packed).toContain(page);
    for (const link of linksOf(page)) {
      if (/^https:/.test(link)) continue;
      const [path, anchor] = link.split("#");
      const target = path === "" ? page : normalize(join(dirname(page), path));
      const isFolder = packed.some((file) => file.startsWith(`${target}/`));
      expect(packed.includes(target) || isFolder, `${page}: ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), `${page}: ${link}`).toContain(anchor);
    }
  });

  test("lead to every page from the README", () => {
    const reached = new Set(["README.md"]);
    for (const page of reached) {
      for (const link of linksOf(page).filter((each) => !each.startsWith("https:"))) {
        const target = normalize(join(dirname(page), link.split("#")[0]));
        for (const each of pages) if (each === target || each.startsWith(`${target}/`)) reached.add(each);
      }
    }
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });
});

test("nothing that is generated is published with the pages", () => {
  expect(packed.filter((file) => !/^(dist|docs)\/|^(package\.json|README\.md|LICENSE)$/.test(file))).toEqual([]);
  expect(packed.filter((file) => file.startsWith("docs/reference"))).toEqual([]);
});

test("guide pages have at most 60 lines, decisions 20 to 40", () => {
  const guide = pages.filter((page) => page.startsWith("docs/guide/"));
  const decisions = pages.filter((page) => page.startsWith("docs/decisions/"));
  expect(guide.length).toBeGreaterThan(10);
  expect(guide.filter((page) => linesOf(page) > 60)).toEqual([]);
  expect(decisions.length).toBeGreaterThan(5);
  expect(decisions.filter((page) => linesOf(page) < 20 || linesOf(page) > 40)).toEqual([]);
  for (const page of decisions) {
    expect(textOf(page), page).toMatch(/\*\*Context\.\*\*[\s\S]*\*\*Decision\.\*\*[\s\S]*\*\*Consequences\.\*\*/);
  }
});

test("lines fit an editor of 130 columns, tables aside", () => {
  const long = pages.flatMap((page) =>
    textOf(page)
      .split("\n")
      .map((line, i) => ({ place: `${page}:${i + 1}`, line }))
      .filter(({ line }) => line.length > 130 && !line.startsWith("|")),
  );
  expect(long).toEqual([]);
});

test("the README's map names the rooms there are", () => {
  const map = textOf("README.md").match(/^## Map$(.*?)^## /ms)![1];
  const rows = [...map.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)]);
  const named = rows.map(([, room]) => room.replace(/^src\//, ""));
  const rooms = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of rooms) expect(named, `src/${name}`).toContain(name);
  for (const name of named)
    expect(existsSync(join(root, "src", name)) || existsSync(join(root, name)), name).toBe(true);
});

test("the package has no address that doesn't exist yet", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(["repository"]));
  expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(["homepage"]));
});
