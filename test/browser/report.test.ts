// @module-tag slow
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type axe from "axe-core";
import { type Language, report } from "neuromotor/report";
import type { BrowserContextOptions, Page } from "playwright-core";
import { build, createServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli } from "../cli/command-line.js";
import { consumerFolder } from "../package.js";
import { type Subjects, trainSubjects } from "../report/runs.js";
import { useChromium } from "./use-chromium.js";

/** Reports of what a program describes, and those that the command line writes. */
const DESCRIBED = ["digits", "diabetes", "circle", "comparison", "search", "reproduction"] as const;
const TRAINED = ["table", "grid", "reproduced"] as const;
const NAMES = [...DESCRIBED, ...TRAINED];
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let folder: string;
let subjects: Subjects;
const chromium = useChromium();
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-report-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  subjects = await trainSubjects();
  const trained = await trainedFolders();
  for (const name of NAMES) {
    for (const language of ["en", "es"] as const) {
      const page = await pageOf(name, language, trained);
      await writeFile(join(folder, `${name}-${language}.html`), page);
      // The page without scripts, for axe, which is a script itself.
      await writeFile(join(folder, `${name}-plain-${language}.html`), page.replace(/<script>[\s\S]*<\/script>/, ""));
    }
  }
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** Runs of the command line: a table with gaps, words and a column of text; a grid of which one diverges; published rows. */
async function trainedFolders(): Promise<Record<(typeof TRAINED)[number], string[]>> {
  const rows = Array.from({ length: 150 }, (_, i) => {
    const kind = ["flat", "house", "a rather long name of a kind of building"][i % 3];
    return [
      i % 9 === 4 ? "" : (i * 7) % 90,
      kind,
      i % 4 ? "yes" : "no",
      (i * 7) % 90 > 40 || i % 3 === 1 ? "sold" : "kept",
    ];
  });
  const file = join(folder, "rows.csv");
  await writeFile(file, `size,kind,garden,fate\n${rows.map((row) => row.join()).join("\n")}\n`);
  const commands = {
    table: ["train", file, "--target", "fate", "--epochs", "5"],
    grid: ["train", "iris", "--epochs", "3", "--lr", "0.1,0.01,1e30", "--optimizer", "sgd", "--seed", "1,2"],
    reproduced: ["reproduce", "D"],
  };
  for (const [name, args] of Object.entries(commands)) {
    const { code, stderr } = await cli(...args, "--out", join(folder, name), "--backend", "cpu", "--quiet");
    expect(code, stderr).toBe(0);
  }
  return commands;
}

/** The text of a report; what the command line wrote in English it writes again in Spanish. */
async function pageOf(
  name: (typeof NAMES)[number],
  language: Language,
  commands: Record<(typeof TRAINED)[number], string[]>,
): Promise<string> {
  if (name !== "table" && name !== "grid" && name !== "reproduced") return report(subjects[name], { language });
  const own = join(folder, name);
  if (language === "en") return readFile(join(own, "report.html"), "utf8");
  const again = name === "reproduced" ? [...commands[name], "--backend", "cpu"] : ["report", own];
  const { code, stderr } = await cli(...again, "--out", own, "--language", language, "--quiet");
  expect(code, stderr).toBe(0);
  return readFile(join(own, "report.html"), "utf8");
}

async function open(name: string, language: Language, options: BrowserContextOptions): Promise<Page> {
  const page = await chromium.newPage(options);
  const url = pathToFileURL(join(folder, `${name}-${language}.html`)).href;
  page.on("console", (message) => chromium.problems.push(`console ${message.type()}: ${message.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && request.url() !== url) chromium.problems.push(`fetches ${request.url()}`);
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
    optimizeDeps: { include: ["vega", "vega-lite", "vega-interpreter"], noDiscovery: true },
  });
  cleanups.push(() => server.close());
  await server.listen();
  const page = await chromium.newPage();
  const headers = { "Content-Security-Policy": "script-src 'self' 'unsafe-inline'" };
  await page.route("**/empty.html", (route) =>
    route.fulfill({ contentType: "text/html", headers, body: "<!doctype html>" }),
  );
  await page.goto(`${server.resolvedUrls!.local[0]}empty.html`);
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

test("a page of the published package draws, and fetches what draws only then", async () => {
  const root = await consumerFolder("chart");
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "index.html"), '<!doctype html><script type="module" src="main.js"></script>');
  await writeFile(
    join(root, "main.js"),
    `import { confusionMatrixChart, drawChart } from "neuromotor/report";
    const chart = confusionMatrixChart([[18, 2], [1, 19]], ["cat", "dog"]);
    globalThis.about = chart.description;
    globalThis.draw = () => drawChart(chart);`,
  );
  await build({
    root,
    configFile: false,
    logLevel: "error",
    build: { target: "es2022", minify: false, chunkSizeWarningLimit: 9000 },
  });
  const server = await preview({ root, configFile: false, logLevel: "error" });
  cleanups.push(() => server.close());
  const page = await chromium.newPage();
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.goto(server.resolvedUrls!.local[0]);
  const here = () => globalThis as unknown as { about: string; draw(): Promise<string> };
  await page.waitForFunction(() => "draw" in globalThis);
  expect(await page.evaluate(`(${here})().about`)).toMatch(/37 of 40 rows are right/);
  const before = fetched.length;
  expect(fetched.filter((url) => /vega/.test(url))).toEqual([]);
  expect(await page.evaluate(`(${here})().draw()`)).toMatch(/^<svg .*aria-label="Confusion matrix/);
  expect(fetched.slice(before).some((url) => /vega/.test(url))).toBe(true);
});
