// @module-tag slow
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { lastPoint, parametersOf, rests, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

/** The numbers of a training that nothing happens to. */
async function undisturbed(hash: string, epochs: number) {
  const page = await playground.open({ hash });
  await trainTo(page, epochs);
  return parametersOf(page);
}

test("after the first visit the page works without a network, also what wasn't used before", async () => {
  const page = await playground.open({ serviceWorkers: "allow" });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.context().setOffline(true);
  await page.reload();
  await rests(page);
  await trainTo(page, 2);
  await page.getByRole("radio", { name: "Wine" }).check();
  await page.waitForFunction(() => globalThis.playground.info.value?.classNames.length === 3);
  await rests(page);
  await trainTo(page, 3);
  expect((await lastPoint(page)).heldOut!.score).toBeGreaterThan(0.6);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await page.locator(".histograms li").first().waitFor();
  const manifest = await page.evaluate(async () => (await fetch("./manifest.webmanifest")).json());
  expect(manifest).toMatchObject({ start_url: "./", display: "standalone" });
});

/** Loses the GPU when the page says so, and has no other. */
const LOSES_ITS_GPU = `
const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...options) {
  if (self.isGone) throw new DOMException("no GPU any more", "OperationError");
  const device = await request.apply(this, options);
  const lost = new Promise((resolve) => {
    self.lose = () => {
      self.isGone = true;
      resolve({ reason: "unknown", message: "pulled out" });
      device.destroy();
    };
  });
  Object.defineProperty(device, "lost", { value: lost });
  return device;
};
addEventListener("message", (event) => {
  if (event.data.do !== "lose") return;
  event.stopImmediatePropagation();
  self.lose();
});`;

test("a GPU that is lost is said, and training goes on with the CPU where it was", async () => {
  const hash = "#data=iris&backend=webgpu";
  const page = await playground.open({ hash, worker: LOSES_ITS_GPU });
  expect(await page.evaluate(() => globalThis.playground.info.value!.backend)).toBe("webgpu");
  await trainTo(page, 3);
  await page.evaluate(() => {
    const { engine } = globalThis.playground as unknown as { engine: { send(order: object): void } };
    engine.send({ do: "lose" });
    globalThis.playground.play(6);
  });
  await page.getByText("The GPU was lost").waitFor();
  await page.waitForFunction(() => globalThis.playground.info.value?.backend === "wasm");
  await rests(page);
  await trainTo(page, 6);
  const [after, usual] = [await parametersOf(page), await undisturbed("#data=iris&backend=wasm", 6)];
  expect(after).toEqual(usual);
});

test("without SIMD in WebAssembly training goes on with the plain kernels", async () => {
  const worker =
    "WebAssembly.validate = () => false; WebAssembly.compile = async () => { throw new WebAssembly.CompileError('no SIMD'); };";
  const page = await playground.open({ hash: "#data=iris&backend=wasm", worker });
  expect(await page.locator("#device").innerText()).toBe("Device: CPU (plain)");
  await trainTo(page, 3);
  expect((await lastPoint(page)).loss).toBeLessThan(1.2);
});

test("a hidden tab goes on training, and shows where it is once it is seen again", async () => {
  const page = await playground.open({}, (each) =>
    each.addInitScript(() => {
      const request = globalThis.requestAnimationFrame.bind(globalThis);
      const waiting: FrameRequestCallback[] = [];
      const tab = globalThis as unknown as { hide: boolean; show(): void };
      tab.show = () => {
        tab.hide = false;
        for (const each of waiting.splice(0)) request(each);
      };
      globalThis.requestAnimationFrame = (callback) => (tab.hide ? waiting.push(callback) : request(callback));
    }),
  );
  await page.evaluate(() => {
    (globalThis as unknown as { hide: boolean }).hide = true;
    globalThis.playground.play(40);
  });
  await page.waitForTimeout(1500);
  expect(await page.evaluate(() => globalThis.playground.frame.value!.step)).toBe(0);
  await page.evaluate(() => (globalThis as unknown as { show(): void }).show());
  await page.waitForFunction(() => globalThis.playground.frame.value!.epoch === 40);
  expect(await page.evaluate(() => globalThis.playground.curve.value.length)).toBe(40);
});

test("charts are drawn where the browser has a language that Intl refuses", async () => {
  const page = await playground.open({}, (each) =>
    each.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "language", { get: () => "en-US@posix", configurable: true });
    }),
  );
  await trainTo(page, 2);
  await page.locator(".plot canvas").first().waitFor();
});

/** Goes on by the Tab key until an element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((each) => document.activeElement?.matches(each) ?? false, selector)) return;
  }
  throw new Error(`No way by keys to ${selector}`);
}

test("all is done with keys alone: data, layers, training, the past, a cell, a step", async () => {
  const page = await playground.open();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.className)).toBe("skip");
  await tabTo(page, "button.primary");
  await tabTo(page, "input[name=data]");
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown"); // to those after spirals: Iris
  await page.waitForFunction(() => globalThis.playground.settings.value.data === "iris");
  await rests(page);
  await tabTo(page, "button[aria-label='Layer 1: one neuron more']");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.playground.info.value?.layers[0].units === 9);
  await rests(page);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await tabTo(page, "button[aria-label='One epoch']");
  await page.keyboard.press(" ");
  await page.waitForFunction(() => globalThis.playground.frame.value?.epoch === 1);
  await rests(page);
  await tabTo(page, "#past");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => globalThis.playground.frame.value?.step === 6);
  await rests(page);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await page.locator(".confusion button:enabled").first().waitFor();
  await page.locator("#step-inside .walk").waitFor();
  await tabTo(page, ".confusion button");
  await page.keyboard.press("Enter");
  await tabTo(page, "button.why");
  await page.keyboard.press("Enter");
  await page.locator(".because").waitFor();
  await tabTo(page, ".sections button:nth-child(4)");
  await page.keyboard.press("Enter");
  await tabTo(page, ".values-table button");
  await page.keyboard.press("Enter");
  await page.locator(".one .equation").waitFor();
});
