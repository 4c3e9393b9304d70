import { expect, test } from "vitest";
import { rests, trainTo, usePlayground } from "../browser/playground.js";

const playground = usePlayground();

const SECONDS = 30;

/** Uses whatever the page has, in an order that a seed draws, mostly without waiting for what it does. @returns how often */
function useAtRandom([seed, seconds]: readonly [number, number]): Promise<number> {
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const tell = (element: Element, name: string) => element.dispatchEvent(new Event(name, { bubbles: true }));
  const use = (element: HTMLElement) => {
    if (element instanceof HTMLSelectElement) {
      element.selectedIndex = draw(element.options.length);
      tell(element, "change");
    } else if (element instanceof HTMLInputElement && element.type === "range") {
      element.valueAsNumber = draw(Number(element.max) + 1);
      tell(element, "input");
    } else if (element instanceof HTMLInputElement && element.type === "text") {
      element.value = ["0", "1", "3", "0.1", "64", "-5", "x"][draw(7)];
      tell(element, "change");
    } else if (element.role === "slider") {
      const key = draw(2) > 0 ? "ArrowUp" : "PageDown";
      element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    } else element.click();
  };
  return new Promise((resolve) => {
    const end = performance.now() + 1000 * seconds;
    let uses = 0;
    const next = () => {
      if (performance.now() > end) return resolve(uses);
      const usable = "button:enabled, input:enabled:not([type=file]), select, [role=slider]";
      // Downloads and other hosts are left alone.
      const all = [...document.querySelectorAll<HTMLElement>(usable)].filter(
        (each) => each.checkVisibility() && !/json|safetensors|report|MB/.test(each.textContent!),
      );
      use(all[draw(all.length)]);
      uses++;
      setTimeout(next, draw(10) < 7 ? 0 : draw(200));
    };
    next();
  });
}

test.each([1, 2, 3, 4])(
  "clicks at random in quick succession, seed %i, end in a page that works",
  async (seed) => {
    const page = await playground.open({}, (each) =>
      each.addInitScript(() => {
        globalThis.print = () => {};
      }),
    );
    await page.locator("#further").scrollIntoViewIfNeeded();
    await page.locator("#step-inside .walk").waitFor();
    expect(await page.evaluate(useAtRandom, [seed, SECONDS] as const)).toBeGreaterThan(50);
    await page.evaluate(() => globalThis.playground.pause());
    await page.waitForFunction(() => ["resting", "waiting", "failed"].includes(globalThis.playground.status.value));
    await page.evaluate(() => {
      location.hash = "#data=xor&seed=77&backend=wasm";
    });
    await page.waitForFunction(() => globalThis.playground.settings.value.seed === 77);
    await rests(page);
    await trainTo(page, 3);
    expect(await page.evaluate(() => globalThis.playground.curve.value.length)).toBe(3);
  },
  300_000,
);
