// @module-tag slow
import type { Backend } from "neuromotor";
import { openDevice } from "neuromotor/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../demo/engine/build.js";
import { loadParts } from "../../demo/engine/data.js";
import { Scoring } from "../../demo/engine/scoring.js";
import { english } from "../../demo/lessons/english.js";
import { lessons, settingsOf } from "../../demo/lessons/lessons.js";
import { LESSONS, type LessonName } from "../../demo/lessons/names.js";
import { numbers } from "../../demo/lessons/numbers.js";
import { spanish } from "../../demo/lessons/spanish.js";
import { type Printed, printed } from "../../demo/lessons/write.js";
import { toHash } from "../../demo/settings/url.js";
import { usePlayground } from "./playground.js";

const playground = usePlayground();

/** A training of a lesson as the page does it. */
async function run(name: LessonName, trial: number, device: Backend): Promise<Printed> {
  const settings = settingsOf(name, trial);
  const { epochs } = lessons[name].trials[trial];
  const parts = await loadParts(settings, () => {});
  const { trainer } = await build(settings, parts, device);
  const { batchSize, seed } = settings;
  const history = await trainer.fit(parts.train, { epochs, batchSize, seed, validation: parts.heldOut });
  trainer.dispose();
  return printed(new Scoring(parts).of(history.epochs.at(-1)!));
}

describe.each(["cpu", "wasm", "webgpu"] as const)("%s: the sheet prints its numbers", (backend) => {
  let device: Backend;
  beforeAll(async () => {
    device = await openDevice({ backend });
  });
  afterAll(() => device.dispose());

  test.each(LESSONS)("%s", async (name) => {
    for (const trial of lessons[name].trials.keys()) {
      expect(await run(name, trial, device), `training ${trial + 1}`).toEqual(numbers[name][trial]);
    }
  });
});

test("each lesson has words for all of its trainings, and an address of its own, in both languages", () => {
  for (const name of LESSONS) {
    const { trials, settings } = lessons[name];
    expect(numbers[name]).toHaveLength(trials.length);
    expect(toHash(settings).length).toBeLessThan(500);
    for (const { lessons: texts } of [english, spanish]) {
      const { title, text, exercises, trials: said } = texts[name];
      expect(said).toHaveLength(trials.length);
      expect([title, ...text].every((each) => each.length > 5)).toBe(true);
      expect(exercises).toHaveLength(2);
    }
  }
});

test("a lesson's address opens it; its trainings give the numbers of its sheet, which prints alone", async () => {
  const page = await playground.open({ hash: "#lesson=xor", locale: "es-ES" });
  const lesson = page.locator("#lesson");
  await lesson.getByRole("heading", { name: "XOR a mano" }).waitFor();
  const rows = lesson.locator("tbody tr");
  for (const [trial, { loss, score }] of numbers.xor.entries()) {
    const [, , saidLoss, saidScore] = await rows.nth(trial).locator("th, td").allInnerTexts();
    expect([saidLoss, saidScore.replace(/\s/g, "")]).toEqual([loss.replace(".", ","), score]);
    await rows.nth(trial).getByRole("button", { name: "Pruébalo" }).click();
    await page.waitForFunction(
      (epoch) => globalThis.playground.frame.value?.epoch === epoch,
      lessons.xor.trials[trial].epochs,
    );
    expect(await page.locator("#loss-train").innerText()).toBe(saidLoss);
  }
  expect(new URL(page.url()).hash).toContain("lesson=xor");
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("#network").isVisible()).toBe(false);
  expect(await lesson.locator(".answers").isVisible()).toBe(true);
  await page.emulateMedia({ media: null });
  await lesson.getByRole("button", { name: "Cerrar la lección" }).click();
  expect(await lesson.count()).toBe(0);
});
