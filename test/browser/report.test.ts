// @module-tag slow
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type axe from "axe-core";
import { type Language, report } from "neuromotor/report";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { createServer } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Subjects, trainSubjects } from "../report/runs.js";
import { launchChromium } from "./chromium.js";

const NAMES = ["digits", "diabetes", "circle", "comparison", "reproduction"] as const;
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let folder: string;
let browser: Browser;
let subjects: Subjects;
/** What went wrong in any page, seen or unseen by its reader. */
let problems: string[] = [];
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-report-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  subjects = await trainSubjects();
  for (const name of NAMES) {
    for (const language of ["en", "es"] as const) {
      const page = await report(subjects[name], { language });
      await writeFile(join(folder, `${name}-${language}.html`), page);
      // The page without scripts, for axe, which is a script itself.
      await writeFile(join(folder, `${name}-plain-${language}.html`), page.replace(/<script>[\s\S]*<\/script>/, ""));
    }
  }
  browser = await launchChromium();
  cleanups.push(() => browser.close());
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  const found = problems;
  problems = [];
  expect(found).toEqual([]);
});

async function open(name: string, language: Language, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  const url = pathToFileURL(join(folder, `${name}-${language}.html`)).href;
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  page.on("console", (message) => problems.push(`console ${message.type()}: ${message.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && request.url() !== url) problems.push(`fetches ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

const wide = { viewport: { width: 1280, height: 800 } };
const narrow = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Of each chart how much is painted: shapes that have an extent, a colour, and lie within the picture. */
const paintedShapes = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("figure")].map((figure) => {
      const svg = figure.querySelector("svg")!;
      const frame = svg.getBoundingClientRect();
      const shapes = [...svg.querySelectorAll("path, line, rect, text")].filter((shape) => {
        const { left, top, width, height } = shape.getBoundingClientRect();
        const { fill, stroke, opacity } = getComputedStyle(shape);
        const isInside =
          left < frame.right && top < frame.bottom && left + width > frame.left && top + height > frame.top;
        return isInside && width + height > 2 && (fill !== "none" || stroke !== "none") && opacity !== "0";
      });
      return { name: figure.id, width: frame.width, height: frame.height, shapes: shapes.length };
    }),
  );

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** The fullest report in every way, the others in two of them. */
const WAYS = [
  ["en", "light", wide, true],
  ["es", "dark", narrow, false],
  ["es", "light", narrow, true],
  ["en", "dark", wide, false],
] as const;

describe.each(NAMES)("the report of %s", (name) => {
  test.each(name === "digits" ? WAYS : WAYS.slice(0, 2))(
    "in %s on %s paper, %o, scripts %s: every chart drawn, axe finds nothing",
    async (language, colorScheme, size, javaScriptEnabled) => {
      const page = await open(name, language, { ...size, colorScheme, javaScriptEnabled });
      const charts = await paintedShapes(page);
      expect(charts.length).toBeGreaterThan(0);
      for (const { name, width, height, shapes } of charts) {
        expect(shapes, name).toBeGreaterThan(7);
        expect(Math.min(width, height), name).toBeGreaterThan(30);
      }
      expect(await page.evaluate(() => [...document.images].filter((image) => image.naturalWidth === 0).length)).toBe(
        0,
      );
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await page.locator(".enlarge").count()).toBe(javaScriptEnabled ? charts.length : 0);
      const same = javaScriptEnabled ? page : await open(`${name}-plain`, language, { ...size, colorScheme });
      expect(await violations(same)).toEqual([]);
    },
  );
});

test("a cell of the confusion matrix leads to its rows, by keyboard and without scripts", async () => {
  const page = await open("digits", "en", { ...wide, javaScriptEnabled: false, reducedMotion: "reduce" });
  const cell = page.locator("#confusion-matrix a").filter({ hasText: "taken for" }).first();
  await cell.focus();
  await page.keyboard.press("Enter");
  const target = page.locator(":target");
  await target.waitFor();
  expect(await target.locator("h3").innerText()).toMatch(/^\d taken for \d/);
  const { y } = (await target.boundingBox())!;
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y).toBeLessThan(800);
});

test("numbers are shown beside the pointer, and charts enlarged, where scripts run", async () => {
  const page = await open("digits", "en", wide);
  const curves = page.locator("#learning-curves-loss svg");
  await curves.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await curves.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  expect(await page.locator("#tip").innerText()).toMatch(/^epoch \d+: training [\d.]+, validation [\d.]+$/);
  await page.mouse.move(2, 2);
  expect(await page.locator("#tip").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Enlarge: Loss by epoch" }).click();
  const dialog = page.getByRole("dialog", { name: "Loss by epoch" });
  const enlarged = (await dialog.locator("svg").boundingBox())!;
  expect(enlarged.width).toBeGreaterThan(1.5 * width);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await dialog.isVisible()).toBe(false);
});

test("dark paper changes every colour of a picture", async () => {
  const coloursIn = async (colorScheme: "light" | "dark") => {
    const page = await open("digits", "en", { ...wide, colorScheme });
    return page.evaluate(() => {
      const paints = [...document.querySelectorAll("figure svg *")].flatMap((shape) => {
        const { fill, stroke } = getComputedStyle(shape);
        return [shape.hasAttribute("fill") ? fill : "none", shape.hasAttribute("stroke") ? stroke : "none"];
      });
      return [...new Set(paints)].filter((paint) => paint !== "none");
    });
  };
  const [light, dark] = [await coloursIn("light"), await coloursIn("dark")];
  expect(light.length).toBeGreaterThan(6);
  expect(dark.filter((colour) => light.includes(colour))).toEqual([]);
});

test("a page writes the same report as Node, under a policy that forbids eval", async () => {
  const server = await createServer({
    configFile: fileURLToPath(new URL("../../demo/vite.config.ts", import.meta.url)),
    cacheDir: join(folder, "cache"),
    logLevel: "error",
    optimizeDeps: { include: ["vega", "vega-lite", "vega-interpreter"] },
    server: { headers: { "Content-Security-Policy": "script-src 'self' 'unsafe-inline'" } },
  });
  cleanups.push(() => server.close());
  await server.listen();
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]);
  const source = fileURLToPath(new URL("../../src/report/index.ts", import.meta.url));
  await page.addScriptTag({ type: "module", content: `globalThis.library = await import("/@fs${source}");` });
  await page.waitForFunction(() => "library" in globalThis);
  const subject = subjects.comparison;
  const written = await page.evaluate(
    (subject) => (globalThis as unknown as { library: { report: typeof report } }).library.report(subject),
    subject,
  );
  expect(written === (await report(subject))).toBe(true);
  const image = await page.evaluate(async () => {
    const { library } = globalThis as unknown as { library: { report: typeof report } };
    const samples = [{ row: 0, label: "two", cells: [0, 1, 0.5, 0] }];
    return library.report({
      name: "tiny",
      data: { name: "tiny", rows: {}, image: { height: 2, width: 2, channels: 1 }, samples },
    });
  });
  expect(image).toMatch(/<img src="data:image\/png;base64,iVBOR/);
});
