// @module-tag slow
import { expect, test } from "vitest";
import { choose, chooseData, lastPoint, press, rests, runProgram, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

test("a step is looked into: equations, numbers worked out, guesses, and a gradient that is checked", async () => {
  const page = await playground.open();
  await chooseData(page, "XOR");
  await trainTo(page, 5);
  const inside = page.locator("#step-inside");
  const looked = () => page.evaluate(() => globalThis.playground.looked.value);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await inside.locator(".walk").waitFor();
  await choose(page, { Rows: "2" });
  await press(page, "Forward");
  expect(await inside.locator("h3").innerText()).toBe("Sums of layer 1");
  expect(await inside.locator(".equation").innerText()).toBe("z1 = x · W1 + b1");
  await expect.poll(looked).toEqual({ layer: 0, way: "forward" });
  await inside.getByRole("button", { name: "z1[2,3]" }).click();
  const worked = await inside.locator(".one .equation").innerText();
  expect(worked).toMatch(/^z1\[2,3\] = .+ = -?[\d.e-]+$/);
  const { values } = await page.evaluate(async () => {
    const step = await globalThis.playground.ask("step", { first: 1, count: 2 });
    return { values: step.quantities.find(({ symbol }) => symbol === "z1")!.table };
  });
  expect(Number(worked.split(" = ").at(-1))).toBeCloseTo(values[1][2], 5);

  await press(page, "Backward");
  await inside.getByLabel("Quantity", { exact: true }).selectOption({ label: "Gradient of weights of layer 1" });
  await expect.poll(looked).toEqual({ layer: 0, way: "backward" });
  await inside.getByRole("button", { name: "dL/dW1[1,3]" }).click();
  await press(page, "Check this gradient");
  const said = await inside.getByText(/a slope of/).innerText();
  const [slope, gradient] = [...said.matchAll(/(?:slope of|gradient is) ([−\d.E]+?)\.?(?= |$)/g)].map(
    ([, number]) => number,
  );
  const number = (text: string) => Number(text.replace("−", "-"));
  expect(Math.abs(number(slope) - number(gradient))).toBeLessThan(2e-3);

  await inside.getByLabel("Predict the numbers first").check();
  const cell = inside.getByRole("button", { name: "dL/dW1[2,1]" });
  expect(await cell.innerText()).toBe("?");
  await cell.click();
  await inside.getByLabel("What will it be?").fill("3,5");
  await press(page, "Reveal");
  await inside.getByText(/^Off by /).waitFor();
  expect(await cell.innerText()).not.toBe("?");
  await rests(page);
});

test("a digit is drawn with a pointer or with keys, and the network says which", async () => {
  const hash = "#data=syntheticDigits&rows=800&heldOut=0.1&augment=none&layers=32-relu-0";
  const page = await playground.open({ hash });
  await trainTo(page, 8);
  const board = page.locator("#draw-digit .board");
  const { x, y, width } = (await board.boundingBox())!;
  const at = (across: number, down: number) => [x + across * width, y + down * width] as const;
  await page.mouse.move(...at(0.3, 0.25));
  await page.mouse.down();
  for (const [across, down] of [
    [0.7, 0.25],
    [0.6, 0.45],
    [0.5, 0.8],
  ])
    await page.mouse.move(...at(across, down), { steps: 4 });
  await page.mouse.up();
  const says = page.locator("#draw-digit .says");
  await expect.poll(() => says.innerText(), { timeout: 20_000 }).toMatch(/^The network says 7 \([\d.]+%\)\.$/);
  expect(await page.locator(".bars li").count()).toBe(10);
  // The picture shows the network looking at it.
  const ink = () =>
    page.evaluate(() => globalThis.playground.frame.value!.sample!.pixels.reduce((sum, pixel) => sum + pixel, 0));
  const seven = await ink();
  await press(page, "Erase");
  await board.focus();
  for (const key of [" ", ...Array(14).fill("ArrowDown"), " "]) await page.keyboard.press(key);
  await expect.poll(() => says.innerText(), { timeout: 20_000 }).toMatch(/^The network says 1 /);
  await expect.poll(ink).not.toBe(seven);
});

test("layers for images, losses, penalties and the last epoch are chosen, and the program has them", async () => {
  const page = await playground.open();
  await chooseData(page, "Digits");
  const first = page.getByRole("group", { name: "Layer 1" });
  await first.getByLabel("Kind").selectOption("conv2d");
  await rests(page);
  await press(page, "+ Add a layer");
  await rests(page);
  await page.getByRole("group", { name: "Layer 2" }).getByLabel("Kind").selectOption("batchNorm");
  await rests(page);
  await choose(page, {
    Loss: "categoricalFocal",
    "L1 penalty": "0.00001",
    "L2 penalty": "0.0001",
    "Stop after epoch": "2",
  });
  await press(page, "Train");
  await rests(page);
  expect(await page.locator("#epoch").innerText()).toBe("2");
  const { heldOut } = await lastPoint(page);
  const { layers, parameters } = await page.evaluate(() => globalThis.playground.info.value!);
  expect(layers.map(({ isConvolution, units }) => [isConvolution, units])).toEqual([
    [true, 8],
    [false, 10],
  ]);
  expect(parameters).toBe(9 * 8 + 8 + 2 * 8 + 36 * 8 * 10 + 10);
  const [hash, settings] = await page.evaluate(() => [location.hash, globalThis.playground.settings.value] as const);
  const other = await playground.open({ hash });
  expect(await other.evaluate(() => globalThis.playground.settings.value)).toEqual(settings);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await press(page, "TypeScript");
  const { loss, accuracy } = await runProgram(await page.getByLabel("To copy").inputValue());
  expect(accuracy).toBe(heldOut!.score);
  expect(loss).toBeCloseTo(heldOut!.loss, 5);
  for (const [kind, expected] of [
    ["maxPool2d", 9 * 8 + 8 + 9 * 8 * 10 + 10],
    ["layerNorm", 9 * 8 + 8 + 2 * 8 + 36 * 8 * 10 + 10],
  ] as const) {
    await page.getByRole("group", { name: "Layer 2" }).getByLabel("Kind").selectOption(kind);
    await page.waitForFunction((of) => globalThis.playground.info.value?.parameters === of, expected);
    await rests(page);
    await trainTo(page, 1);
    expect((await lastPoint(page)).heldOut!.score).toBeGreaterThan(0.3);
  }
});

test("a wrong answer is explained: pixels that speak for it, and the rows to learn from that are like it", async () => {
  const page = await playground.open();
  await chooseData(page, "Digits");
  await trainTo(page, 3);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await page.locator(".confusion .wrong").first().click();
  const looked = () => page.evaluate(() => [...globalThis.playground.frame.value!.sample!.pixels]);
  const before = await looked();
  await page.locator(".why").first().click();
  const because = page.locator(".because");
  await because.waitFor();
  await expect.poll(looked).not.toEqual(before); // the picture shows the network looking at this row
  expect(await because.locator("svg").count()).toBe(1 + 4);
  expect(await because.locator(".for, .against").count()).toBeGreaterThan(20);
  // Of a network with one output, a class and features with names.
  await chooseData(page, "Tumours", "breastCancer");
  await trainTo(page, 3);
  await page.locator(".confusion .right").first().click();
  await page.locator(".why").first().click();
  await because.getByText(/What would make it surer of/).waitFor();
  expect(await because.locator("li").count()).toBe(4);
});

test("a layer is made wider on the picture by dragging, and with keys", async () => {
  for (const [width, hasButtons] of [
    [1280, true],
    [360, false],
  ] as const) {
    const page = await playground.open({ viewport: { width, height: 800 } });
    await trainTo(page, 2);
    const handle = page.getByRole("slider", { name: "Neurons of layer 1" });
    const units = () => page.evaluate(() => globalThis.playground.settings.value.layers.map((layer) => layer.units));
    await handle.scrollIntoViewIfNeeded();
    const { x, y } = (await handle.boundingBox())!;
    await page.mouse.move(x + 10, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + 10, y + 50, { steps: 5 });
    await page.mouse.move(x + 10, y - 30, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(x + 10, y + 90);
    expect(await units()).toEqual([11, 16]);
    await handle.press("ArrowUp");
    await handle.press("PageDown");
    await handle.press("PageDown");
    expect(await units()).toEqual([1, 16]);
    await rests(page);
    await page.waitForFunction(() => globalThis.playground.info.value!.layers[0].units === 1);
    expect(await handle.getAttribute("aria-valuenow")).toBe("1");
    expect(await page.getByRole("button", { name: "Layer 1: one neuron more" }).count()).toBe(hasButtons ? 1 : 0);
    // The one training before is compared with, not the widths on the way.
    await expect.poll(() => page.locator(".earlier li").allInnerTexts()).toEqual(["Layer 1: 16 tanh (now 1 tanh)"]);
  }
});

test("a batch of images is looked into as images", async () => {
  const page = await playground.open({ hash: "#data=digits" });
  await page.locator("#further").scrollIntoViewIfNeeded();
  const inside = page.locator("#step-inside");
  await inside.locator(".pictures").waitFor();
  expect(await inside.locator(".pictures svg").count()).toBe(3);
  expect(await inside.locator(".values-table tr").first().locator("td").count()).toBe(10);
});
