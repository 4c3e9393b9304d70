// @module-tag slow
import { dense, encodeModel, sequential } from "neuromotor";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { chooseData, parametersOf, press, rests, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

/** Drops files on the page. @param files - each a name and its bytes or text */
const drop = (page: Page, files: readonly (readonly [name: string, content: readonly number[] | string])[]) =>
  page.evaluate((given) => {
    const dataTransfer = new DataTransfer();
    for (const [name, content] of given)
      dataTransfer.items.add(new File([typeof content === "string" ? content : Uint8Array.from(content)], name));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, files);

/** A training as a visitor would miss it. */
const kept = async (page: Page) => ({
  parameters: await parametersOf(page),
  ...(await page.evaluate(() => {
    const { settings, frame, curve, brought } = globalThis.playground;
    const { step, farthest } = frame.value!;
    return { settings: settings.value, step, farthest, curve: curve.value, table: brought.table.value };
  })),
});

const PICTURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
const { json, safetensors } = encodeModel(sequential({ input: [4] }, [dense(3)]));
const other = [
  ["model.json", json],
  ["model.safetensors", [...safetensors]],
] as const;

test.each([
  ["spirals", undefined],
  ["a table", "size,taste\n".concat(...Array.from({ length: 30 }, (_, i) => `${i},${i > 14 ? "sweet" : "sour"}\n`))],
])("files that can't be used are refused in words, and nothing of %s is lost", async (_, table) => {
  const page = await playground.open();
  if (table) {
    await drop(page, [["tastes.csv", table]]);
    await page.waitForFunction(() => globalThis.playground.info.value?.classNames[0] === "sour");
    await rests(page);
  }
  await trainTo(page, 5);
  const before = await kept(page);
  for (const [files, message] of [
    [[["cat.png", PICTURE]], /cat\.png: it is an image\./],
    [[["empty.csv", ""]], /empty\.csv: the file is empty/],
    [[["ragged.csv", "a,b\n1,2\n3\n"]], /ragged\.csv: line 3 has 1 field,/],
    [[["same.csv", `a,b\n${"1,2\n".repeat(30)}`]], /no column to learn from/],
    [[["list.json", "{"]], /list\.json: it isn't JSON/],
    [[["model.json", json]], /Choose both files together/],
    [[["model.json", json.slice(0, 300)], other[1]], /The page can’t train this model/],
    [[other[0], ["model.safetensors", [...safetensors.slice(0, 60)]]], /safetensors/],
    [other, /these data need one that takes/],
    [[["train-images-idx3-ubyte", [0, 0, 8, 3]]], /train-labels-idx1-ubyte isn't among the files/],
  ] as const) {
    await drop(page, files);
    const alert = page.getByRole("alert").filter({ hasText: message });
    await alert.waitFor();
    expect(await alert.evaluate((element) => element.getBoundingClientRect().bottom < innerHeight)).toBe(true);
    await rests(page);
    expect(await kept(page)).toEqual(before);
  }
  await trainTo(page, 6);
  expect(await page.getByRole("alert").isVisible()).toBe(false);
  const end = await kept(page);
  await page.evaluate(() => globalThis.playground.seek(0));
  await rests(page);
  await trainTo(page, 6);
  expect(await parametersOf(page)).toEqual(end.parameters);
  // The table that is shown is still the one that a change of settings takes.
  await press(page, "Layer 1: one neuron more");
  await page.waitForFunction(() => [9, 17].includes(globalThis.playground.info.value!.layers[0].units));
  await rests(page);
});

test("a network that can't be made is refused, and the one before stays", async () => {
  const page = await playground.open({ hash: "#data=digits&layers=maxPool2d-2-linear-0_8-relu-0" });
  await trainTo(page, 2);
  const before = await kept(page);
  await page.getByRole("group", { name: "Layer 1" }).getByLabel("Side").fill("9");
  await page.getByRole("group", { name: "Layer 1" }).getByLabel("Side").press("Enter");
  await page.getByRole("alert").filter({ hasText: "doesn't fit images" }).waitFor();
  await rests(page);
  expect(await kept(page)).toEqual(before);
  // The field is drawn with the page's next frame.
  await expect.poll(() => page.getByRole("group", { name: "Layer 1" }).getByLabel("Side").inputValue()).toBe("2");
});

test("numbers out of range are refused in every field", async () => {
  const page = await playground.open({ hash: "#data=digits&layers=conv2d.3.1-4-relu-0_4-relu-0" });
  await trainTo(page, 1);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await page.locator("#step-inside .fields").waitFor();
  const before = await kept(page);
  const accepted = await page.evaluate(async () => {
    const found: string[] = [];
    const turn = () => new Promise((resolve) => setTimeout(resolve));
    for (const field of document.querySelectorAll<HTMLInputElement>("input:not([type])")) {
      const label = document.querySelector(`label[for="${field.id}"]`)!.textContent;
      const write = async (text: string) => {
        field.value = text;
        field.dispatchEvent(new Event("change", { bubbles: true }));
        await turn();
      };
      const usual = field.value;
      for (const text of ["-1", "1e99", "1e400", "many", "NaN", "1;2"]) {
        await write(text);
        if (field.getAttribute("aria-invalid") !== "true") found.push(`${label}: ${text}`);
        const message = document.getElementById(field.getAttribute("aria-describedby")!)!;
        if (!/from .+ to .+/.test(message.textContent!)) found.push(`${label}: no message`);
      }
      await write(usual);
      if (field.getAttribute("aria-invalid") !== "false") found.push(`${label}: ${usual} is refused`);
    }
    return found;
  });
  expect(accepted).toEqual([]);
  expect(await page.locator("input:not([type])").count()).toBeGreaterThan(15);
  expect(await kept(page)).toEqual(before);
});

test("the browser's way back leads to the data and lesson before, with their settings", async () => {
  const page = await playground.open({ hash: "#data=spirals&noise=0.1" });
  const at = async (part: string) => {
    await page.waitForFunction((each) => location.hash.includes(each), part);
    const data = /data=(\w+)/.exec(part)![1];
    await page.waitForFunction((each) => globalThis.playground.settings.value.data === each, data);
    await rests(page);
  };
  await chooseData(page, "Iris");
  await press(page, "Layer 1: one neuron more");
  await rests(page);
  await page.getByLabel("Lesson").selectOption("xor");
  await at("data=xor&lesson=xor");
  await page.locator("#lesson").waitFor();
  await page.goBack();
  await at("data=iris&layers=9");
  expect(await page.locator("#lesson").count()).toBe(0);
  await page.goBack();
  await at("data=spirals&noise=0.1");
  await page.goForward();
  await at("data=iris&layers=9");
  await trainTo(page, 2);
});

test("while the page waits for data, nothing is there to be trained, and a step keeps the focus", async () => {
  const page = await playground.open();
  await page.getByRole("button", { name: "One step", exact: true }).focus();
  for (const step of [1, 2, 3]) {
    await page.keyboard.press("Enter");
    await page.waitForFunction((each) => globalThis.playground.frame.value!.step === each, step);
    await rests(page);
  }
  await chooseData(page, "MNIST", "mnist");
  for (const name of ["Train", "Start again", "One step back", "One step", "One epoch"])
    expect(await page.getByRole("button", { name, exact: true }).isDisabled(), name).toBe(true);
  expect(await page.locator("#step").innerText()).toBe("0");
  await page.getByRole("button", { name: "One step", exact: true }).click({ force: true });
  expect(await page.evaluate(() => globalThis.playground.status.value)).toBe("waiting");
});
