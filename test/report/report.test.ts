// @module-tag slow
import {
  type ClassPredictions,
  drawChart,
  type ReportSubject,
  type Run,
  report,
  reportCharts,
} from "neuromotor/report";
import { beforeAll, describe, expect, test } from "vitest";
import { rowsToShow } from "../../src/report/sections/mistakes.js";
import { type Subjects, trainSubjects } from "./runs.js";
import { textOf } from "./text.js";

/* Pages: size, form, what they tell of a run. Pages of comparisons and reproductions are in comparison.test.ts. */

let subjects: Subjects;
beforeAll(async () => {
  subjects = await trainSubjects();
});

const LIMIT = 150_000;
const withoutImages = (page: string) => page.replace(/data:image\/png;base64,[^"]*/g, "");

describe.each(["digits", "diabetes", "circle", "comparison", "reproduction"] as const)("the report of %s", (name) => {
  test.each(["en", "es"] as const)("is one page of at most 150 kB that asks for nothing, in %s", async (language) => {
    const page = await report(subjects[name], { language });
    expect(Buffer.byteLength(withoutImages(page))).toBeLessThanOrEqual(LIMIT);
    const urls = [...page.matchAll(/(?:src|href|srcset|action|data)="([^"]*)"/g)].map(([, url]) => url);
    expect(urls.filter((url) => !/^(#|data:image\/png;base64,)/.test(url))).toEqual([]);
    expect(page.match(/@import|url\((?!#)|fetch\(|XMLHttpRequest|import\(/g)).toBeNull();
    expect(page.match(/NaN|undefined|\[object /g)).toBeNull();
    expect(page).toContain(`<html lang="${language}">`);
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("is the same each time, and has every chart that reportCharts gives", async () => {
    const page = await report(subjects[name]);
    expect((await report(subjects[name])) === page).toBe(true);
    const charts = await reportCharts(subjects[name]);
    expect(charts.length).toBeGreaterThan(0);
    for (const chart of charts) {
      expect(page).toContain(`<figure id="${chart.name}">`);
      expect(page.includes(await drawChart(chart.specification)), chart.name).toBe(true);
    }
  });
});

test("the first screen says how good it is, and why that can be trusted", async () => {
  const { digits } = subjects;
  const { truth, predicted } = digits.predictions as ClassPredictions;
  const right = Array.from(truth).filter((label, row) => label === predicted[row]).length;
  const text = textOf(await report(digits));
  expect(text).toContain(`${((100 * right) / truth.length).toFixed(1)}%`);
  expect(text).toContain(`${right} of ${truth.length} rows are right`);
  expect(text).toMatch(/359 rows that had no part in the training/);
  expect(text).toMatch(/0\.5 is guessing\. Drawn are the 6 classes with the smallest areas\./);
  expect(text).toMatch(/the parameters are those of epoch \d+ of \d+/);
  expect(text).toMatch(/Seed 1 gives the same numbers again .* with the command below/);
  expect(textOf(await report(digits, { language: "es" }))).toMatch(
    /359 filas que no intervinieron en el entrenamiento/,
  );
});

test("a page tells what it is given, and nothing of what it isn't", async () => {
  const bare = await report({ name: "bare" });
  expect(bare).not.toContain("<figure");
  expect(bare).not.toContain("<nav");
  expect(textOf(bare)).toContain("holds no predictions");
  const { digits } = subjects;
  for (const [field, id] of [
    ["history", "training"],
    ["model", "model"],
    ["data", "data"],
    ["predictions", "mistakes"],
  ] as const) {
    expect(await report(digits)).toContain(`id="${id}"`);
    expect(await report({ ...digits, [field]: undefined })).not.toContain(`id="${id}"`);
  }
});

test("names that would be markup stay text", async () => {
  const evil = `<img src=x onerror=alert(1)>"'&`;
  const classNames = [evil, "other", ...Array.from({ length: 8 }, (_, i) => String(i))];
  const run: Run = {
    ...subjects.digits,
    name: evil,
    command: evil,
    configuration: { [evil]: evil },
    predictions: { ...(subjects.digits.predictions as ClassPredictions), classNames },
    data: { ...subjects.digits.data!, name: evil, target: evil, classNames },
  };
  const page = await report(run);
  expect(page).not.toContain("<img src=x");
  expect(page.match(/onerror=alert\(1\)&gt;/g)!.length).toBeGreaterThan(5);
});

describe("cells of the confusion matrix lead to their rows", () => {
  test("as images", async () => {
    const page = await report(subjects.digits);
    const { truth, predicted } = subjects.digits.predictions as ClassPredictions;
    const wrong = new Set(
      Array.from(truth, (label, row) => (label === predicted[row] ? "" : `cell-${label}-${predicted[row]}`)),
    );
    wrong.delete("");
    expect(wrong.size).toBeGreaterThan(3);
    for (const id of wrong) {
      expect(page).toMatch(new RegExp(`<a [^>]*href="#${id}"`));
      expect(page).toMatch(
        new RegExp(
          `id="${id}".*?<img src="data:image/png;base64,[^"]+" width="8" height="8" alt="Row [\\d,]+: \\d, taken for \\d, [\\d.]+% sure"`,
        ),
      );
    }
  });

  test("as a table with the rows' own columns", async () => {
    const page = await report(subjects.circle);
    expect(page).toMatch(
      /id="cell-1-0".*?<th scope="col" class="number">east<\/th><th scope="col" class="number">north<\/th>/,
    );
  });

  test("the surest mistakes first, those barely right, and the largest errors", () => {
    const { cells, worst } = rowsToShow({
      task: "classes",
      part: "test",
      classNames: ["a", "b"],
      truth: [0, 0, 1, 1, 0],
      predicted: [0, 1, 1, 1, 1],
      probabilities: [0.1, 0.7, 0.6, 0.9, 0.99],
    });
    expect(worst).toEqual([4, 1]);
    expect(cells.get("cell-1-1")!.places).toEqual([2, 3]);
    expect(cells.get("cell-0-1")).toMatchObject({ total: 2, places: [4, 1] });
    const targets = [{ name: "y", truth: [1, 2, 3], predicted: [1, 5, 2] }];
    expect(rowsToShow({ task: "values", part: "test", targets }).worst).toEqual([1, 2, 0]);
  });
});

test("what can't be reported on is refused", async () => {
  await expect(report({} as ReportSubject)).rejects.toThrow(/needs a run with a name/);
  await expect(report({ name: "x", kind: "sweep" } as unknown as ReportSubject)).rejects.toThrow(
    /kind must be "run", "comparison"/,
  );
  await expect(report({ name: "x" }, { language: "fr" as "en" })).rejects.toThrow(/one of en, es, got "fr"/);
});
