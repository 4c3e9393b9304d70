// @module-tag slow
import { expect, test } from "vitest";
import { choose, chooseData, press, rests, trainTo, usePlayground } from "./playground.js";

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
