// @module-tag slow
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { leavingOut } from "../../demo/settings/columns.js";
import { suggestedFor } from "../../demo/settings/data-sets.js";
import { checksum } from "../../demo/settings/signs.js";
import { fromHash, toHash } from "../../demo/settings/url.js";
import { cliJson } from "../cli/command-line.js";
import { choose, chooseData, lastPoint, press, rests, runProgram, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

const titanic = fileURLToPath(new URL("../../../shared/data/titanic/titanic.csv", import.meta.url));

/** A table with a gap, names, and an identifier; its last column follows from the others. */
const flowers = Array.from({ length: 120 }, (_, i) => {
  const [size, kind] = [(i * 37) % 101, ["red", "white", "blue"][i % 3]];
  return `F-${1000 + i},${i % 9 === 4 ? "NA" : size},${kind},${size > 50 || kind === "red" ? "sweet" : "sour"},${size / 10 + (i % 3)}`;
});
const FLOWERS = ["id,size,kind,taste,price", ...flowers].join("\n");

/** Numbers of a program and of a command for the terminal, whose file is the one at a path. */
async function elsewhere(page: Awaited<ReturnType<typeof playground.open>>, name: string, path: string) {
  await page.locator("#further").scrollIntoViewIfNeeded();
  await press(page, "TypeScript");
  const source = await page.getByLabel("To copy").inputValue();
  await press(page, "Command line");
  const command = await page.getByLabel("To copy").inputValue();
  expect(command).toMatch(new RegExp(`^npx neuromotor train ${name} --target `));
  const [program, terminal] = [source.replace(`"${name}"`, JSON.stringify(path)), command.replace(name, path)];
  return [await runProgram(program), await cliJson(...terminal.split(" ").slice(2))];
}

test.runIf(existsSync(titanic))("Titanic as published is learned to 0.79, with the numbers of Node", async () => {
  const page = await playground.open({ hash: "#data=own&target=Survived" });
  expect(await page.locator("#status").innerText()).toBe("Waiting for your data.");
  await page.setInputFiles("input[type=file]", titanic);
  await page.waitForFunction(() => globalThis.playground.info.value?.trainRows === 624);
  await rests(page);
  await trainTo(page, 20);
  const { heldOut } = await lastPoint(page);
  expect(heldOut!.score).toBeGreaterThanOrEqual(0.79);
  for (const { loss, accuracy } of await elsewhere(page, "titanic.csv", titanic)) {
    expect(accuracy).toBe(heldOut!.score);
    expect(loss).toBeCloseTo(heldOut!.loss, 5);
  }
});

test("columns of an own table are chosen, and numbers are predicted, too", async () => {
  const page = await playground.open();
  await chooseData(page, "Your table", "own");
  const file = { name: "flowers.csv", mimeType: "text/csv", buffer: Buffer.from(FLOWERS) };
  await page.setInputFiles("input[type=file]", file);
  await page.getByLabel("To predict").waitFor();
  await rests(page);
  expect(await page.evaluate(() => globalThis.playground.info.value!.task)).toBe("number"); // the price
  await trainTo(page, 30);
  expect((await lastPoint(page)).heldOut!.score).toBeGreaterThan(0.9);
  await page.locator("#further").scrollIntoViewIfNeeded();
  expect(await page.locator("#estimates .help").innerText()).toMatch(/^Rows held out\. On average it is [\d.]+ off\.$/);
  await choose(page, { "To predict": "taste" });
  await page.getByRole("checkbox", { name: "price" }).uncheck();
  await rests(page);
  const { featureNames, classNames } = await page.evaluate(() => globalThis.playground.info.value!);
  expect([...featureNames, ...classNames].join(" ")).toBe("size kind=blue kind=red kind=white sour sweet");
  expect(await page.getByRole("checkbox", { name: "id" }).isDisabled()).toBe(true);
  expect(await page.getByText("number · 13 gaps").count()).toBe(1);
  // Another network learns from the same rows: the file isn't read again.
  const rows = () => page.evaluate(() => globalThis.playground.info.value!.trainRows);
  const before = await rows();
  await page.workers()[0].evaluate(() => {
    for (const name of ["text", "arrayBuffer", "stream", "slice"] as const)
      Object.defineProperty(Blob.prototype, name, { value: () => Promise.reject(new Error(`${name}: read again`)) });
  });
  await choose(page, { "Batch size": "8" });
  expect(await rows()).toBe(before);
  expect(await page.evaluate(() => globalThis.playground.settings.value.batchSize)).toBe(8);
  const { target, leftOut } = await page.evaluate(() => globalThis.playground.settings.value);
  expect({ target, places: leftOut.places }).toEqual({ target: "taste", places: [4] });
});

test("an address holds which of a thousand columns are left out, whichever they are", async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `measurement ${i}, °C`);
  const rows = Array.from({ length: 30 }, (_, row) =>
    names.map((_, i) => (i * i + row * ((i % 10) + 1)) % 11).join(";"),
  );
  const buffer = Buffer.from([names.join(";"), ...rows].join("\n"));
  const page = await playground.open({ hash: "#data=own" });
  await page.setInputFiles("input[type=file]", { name: "wide.csv", mimeType: "text/csv", buffer });
  await page.getByLabel("Search the columns").fill("7, °c");
  await press(page, "Leave all out (100)");
  await rests(page);
  expect(await page.evaluate(() => globalThis.playground.info.value!.featureNames.length)).toBe(899);
  await page.getByLabel("Search the columns").fill("");
  await press(page, "Leave all out (899)");
  await page.getByRole("alert").filter({ hasText: "learn" }).waitFor();
  // The training before is still there.
  expect(await page.evaluate(() => globalThis.playground.settings.value.leftOut.places.length)).toBe(100);
  const hash = await page.evaluate(() => location.hash);
  const kept = await page.evaluate(() => globalThis.playground.info.value!.featureNames);
  const other = await playground.open({ hash });
  await other.setInputFiles("input[type=file]", { name: "wide.csv", mimeType: "text/csv", buffer });
  await other.waitForFunction(() => globalThis.playground.info.value);
  expect(await other.evaluate(() => globalThis.playground.info.value!.featureNames)).toEqual(kept);
  const settings = await page.evaluate(() => globalThis.playground.settings.value);
  for (const places of [[...names.keys()], [...names.keys()].filter((place) => place % 2 === 0), [999], []]) {
    const leftOut = leavingOut({ header: checksum(names) }, places);
    const address = toHash({ ...settings, leftOut });
    expect(address.length).toBeLessThan(400);
    expect(fromHash(address)?.leftOut).toEqual(leftOut);
  }
  expect(fromHash("#data=own&leftOut=~")?.leftOut.places).toEqual([]);
});

test("an address of another table is said to be one, and leaves out nothing of this table", async () => {
  const other = { header: checksum(["kind", "size", "cost"]) };
  const settings = { ...suggestedFor("own"), target: "cost", leftOut: leavingOut(other, [1]) };
  const page = await playground.open({ hash: toHash(settings) });
  const bring = async (name: string, text = FLOWERS) => {
    await page.setInputFiles("input[type=file]", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.waitForFunction((file) => globalThis.playground.brought.table.value?.file === file, name);
    await rests(page);
  };
  await bring("flowers.csv");
  const [columns, target] = [
    page.getByText(/leaves columns out of a table with other/),
    page.getByText(/asks for .*cost/),
  ];
  expect([await columns.count(), await target.count()]).toEqual([1, 1]);
  const features = () => page.evaluate(() => globalThis.playground.info.value!.featureNames.join(" "));
  expect(await features()).toMatch(/^size kind=blue .* taste/);
  // The table that it was written for can still be brought.
  const costs = Array.from({ length: 40 }, (_, i) => `${"abc"[i % 3]},${i},${(i * 7) % 11}.5`);
  await bring("costs.csv", ["kind,size,cost", ...costs].join("\n"));
  expect([await columns.count(), await target.count()]).toEqual([0, 0]);
  expect(await features()).toBe("kind=a kind=b kind=c");
  // Trainings with another file aren't compared with.
  await trainTo(page, 2);
  await choose(page, { "Batch size": "8" });
  const earlier = () => page.evaluate(() => globalThis.playground.earlier.value.length);
  expect(await earlier()).toBe(1);
  await trainTo(page, 2);
  await bring("flowers.csv");
  expect(await earlier()).toBe(0);
  expect(await features()).toMatch(/^size kind=blue .* taste/);
});

test("an address that is too long for other programs is said to be", async () => {
  const target = "a name of a column, ".repeat(150);
  const page = await playground.open({ hash: "#data=own" });
  const lines = [`size,${target.replaceAll(",", "")}`, ...Array.from({ length: 30 }, (_, i) => `${i},${(i * 7) % 5}`)];
  const file = { name: "long.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) };
  await page.setInputFiles("input[type=file]", file);
  await rests(page);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await press(page, "Address");
  expect(await page.getByText("This address has more than 2,000 signs").count()).toBe(0);
  await choose(page, { "To predict": "size" });
  await choose(page, { "To predict": target.replaceAll(",", "").trim() });
  await page.getByText("This address has more than 2,000 signs").waitFor();
});

test("a file that is no table is refused in the library's words", async () => {
  const page = await playground.open({ hash: "#data=own" });
  await page.setInputFiles("input[type=file]", {
    name: "empty.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("a,b\n"),
  });
  await page.getByRole("alert").filter({ hasText: "empty.csv: there is a header but no rows below it." }).waitFor();
  expect(await page.getByRole("button", { name: "Train", exact: true }).isDisabled()).toBe(true);
});

test("all data that come with the page are trained on, with settings that learn them", async () => {
  const page = await playground.open();
  const names = await page
    .locator("input[name=data]")
    .evaluateAll((all) => all.map((each) => each.getAttribute("value")));
  const learned: Record<string, boolean> = {};
  for (const data of names.filter((name) => !["own", "mnist", "fashionMnist", "syntheticDigits"].includes(name!))) {
    await page.locator(`input[value=${data}]`).check();
    await page.waitForFunction((each) => globalThis.playground.settings.value.data === each, data);
    await rests(page);
    await trainTo(page, 1);
    const { loss } = await lastPoint(page);
    await trainTo(page, 10);
    learned[data!] = (await lastPoint(page)).loss < loss;
  }
  expect(Object.values(learned)).toHaveLength(12);
  expect(learned).toEqual(Object.fromEntries(Object.keys(learned).map((name) => [name, true])));
});

test("points are drawn and erased by hand and by keys, and an address holds them", async () => {
  const page = await playground.open({ hash: "#data=byHand" });
  const board = page.locator(".board");
  await board.waitFor();
  const rows = () => page.evaluate(() => globalThis.playground.info.value?.trainRows);
  expect(await rows()).toBe(18);
  await press(page, "Erase all");
  await page.getByText("Draw points of at least two colours").waitFor();
  await page.getByRole("radio", { name: "Blue" }).check();
  const { x, y, width } = (await board.boundingBox())!;
  await page.mouse.move(x + 10, y + width / 2);
  await page.mouse.down();
  await page.mouse.move(x + width - 10, y + width / 2, { steps: 12 });
  await page.mouse.up();
  await page.getByRole("radio", { name: "Green" }).check();
  await board.focus();
  for (const key of [...Array(8).fill("ArrowUp"), "Enter", ...Array(4).fill("ArrowLeft"), " "])
    await page.keyboard.press(key);
  await rests(page);
  expect(await rows()).toBe(15);
  await trainTo(page, 30);
  const hash = await page.evaluate(() => location.hash);
  const points = await page.evaluate(() => globalThis.playground.info.value!.plane!.points.places.join());
  const other = await playground.open({ hash });
  expect(await other.evaluate(() => globalThis.playground.info.value!.plane!.points.places.join())).toBe(points);
  await trainTo(other, 30);
  expect(await lastPoint(other)).toEqual(await lastPoint(page));
  await page.getByRole("radio", { name: "Eraser" }).check();
  await page.keyboard.press("Tab");
  await board.focus();
  await page.keyboard.press("Enter"); // where the last point was put
  await rests(page);
  expect(await rows()).toBe(14);
});
