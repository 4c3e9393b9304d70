import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { usePlayground } from "../browser/playground.js";
import { VIEWS, violations } from "../browser/views.js";

const playground = usePlayground();

const combinations = [360, 768, 1280].flatMap((width) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    ["en-US", "es-ES"].map((locale) => [width, colorScheme, locale] as const),
  ),
);

test.each(combinations)(
  "%i px, %s, %s: no view has a violation of axe's rules, all fit, and Train is in reach",
  async (width, colorScheme, locale) => {
    const height = width < 500 ? 740 : 900;
    const page = await playground.open({ viewport: { width, height }, colorScheme, locale, bypassCSP: true });
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale.slice(0, 2));
    const found: Record<string, unknown> = {};
    for (const [name, show] of Object.entries(VIEWS)) {
      await show(page);
      const [problems, overflow, train] = [
        await violations(page),
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        await page.locator("button.primary").boundingBox(),
      ];
      const isInReach = train !== null && train.y >= 0 && train.y + train.height <= height;
      if (problems.length > 0 || overflow > 0 || !isInReach) found[name] = { problems, overflow, isInReach };
    }
    expect(found).toEqual({});
  },
  300_000,
);

/** Marks what can be used, one of each group of radio buttons; those without a mark weren't reached. */
const unreached = (page: Page) =>
  page.evaluate(() => {
    const usable = "a[href], button:enabled, input:enabled, select:enabled, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll<HTMLElement & { name?: string; type?: string }>(usable)]
      .filter((element) => element.checkVisibility() && !(element.dataset.reached || element.tabIndex < 0))
      .filter(
        ({ type, name }) => type !== "radio" || !document.querySelector(`input[name="${name}"][data-reached="true"]`),
      )
      .map(({ outerHTML }) => outerHTML.slice(0, 120));
  });

test("in every view all that can be used is reached with the Tab key alone, in a circle", async () => {
  const page = await playground.open();
  const found: Record<string, unknown> = {};
  for (const [name, show] of Object.entries(VIEWS)) {
    await show(page);
    await page.evaluate(() => {
      for (const each of document.querySelectorAll<HTMLElement>("[data-reached]")) delete each.dataset.reached;
      (document.activeElement as HTMLElement | null)?.blur();
    });
    for (let i = 0; i < 400; i++) {
      await page.keyboard.press("Tab");
      const isKnown = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const before = element.dataset.reached;
        if (element !== document.body) element.dataset.reached = "true";
        return before !== undefined;
      });
      if (isKnown && i > 5) break;
    }
    const left = await unreached(page);
    if (left.length > 0) found[name] = left;
  }
  expect(found).toEqual({});
}, 300_000);
