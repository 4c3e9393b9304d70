import { expect, test } from "vitest";
import { lessons } from "../../demo/lessons/lessons.js";
import { LESSONS } from "../../demo/lessons/names.js";
import { numbers } from "../../demo/lessons/numbers.js";
import { usePlayground } from "../browser/playground.js";

const playground = usePlayground();

test.each(["en-US", "es-ES"])(
  "%s: every training of every lesson gives the numbers of its sheet on the page",
  async (locale) => {
    for (const name of LESSONS) {
      const page = await playground.open({ hash: `#lesson=${name}`, locale });
      const rows = page.locator("#lesson tbody tr");
      await rows.first().waitFor();
      expect(await rows.count()).toBe(lessons[name].trials.length);
      for (const [trial, { epochs }] of lessons[name].trials.entries()) {
        const said = (await rows.nth(trial).locator("td:not(.screen)").allInnerTexts()).slice(1);
        const { loss, score, heldOutLoss, heldOutScore } = numbers[name][trial];
        const sheet = [loss, score, heldOutLoss, heldOutScore].filter((each) => each !== undefined);
        expect(said.map((each) => each.replace(",", ".").replace(/\s/g, ""))).toEqual(sheet);
        await rows.nth(trial).getByRole("button").click();
        await page.waitForFunction(
          (epoch) =>
            globalThis.playground.frame.value?.epoch === epoch && globalThis.playground.status.value === "resting",
          epochs,
          { timeout: 300_000 },
        );
        const shown = ["loss-train", "score-train", ...(heldOutLoss ? ["loss-held-out", "score-held-out"] : [])];
        for (const [i, id] of shown.entries())
          await expect
            .poll(() => page.locator(`#${id}`).innerText(), { message: `${name} ${trial} ${id}` })
            .toMatch(new RegExp(`^${said[i].replace(/\s/g, "\\s").replace(".", "\\.")}$`));
      }
      await page.context().close();
    }
  },
  900_000,
);
