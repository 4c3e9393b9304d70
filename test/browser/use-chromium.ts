import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "./chromium.js";

/** Chromium for the tests of a file: after each its pages are closed, and it fails if one of them had a problem. */
export function useChromium() {
  /** Errors of any page, seen or unseen by its reader. */
  const problems: string[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(problems.splice(0)).toEqual([]);
  });
  return {
    problems,
    /** A page in a context of its own, whose errors are problems. */
    async newPage(options?: BrowserContextOptions): Promise<Page> {
      const page = await (await browser.newContext(options)).newPage();
      page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
      return page;
    },
  };
}
