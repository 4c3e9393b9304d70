// @module-tag slow
import { execFile } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DataLoader } from "../../src/cli/experiments/data.js";
import { type Experiment, figuresOf } from "../../src/cli/experiments/experiment.js";
import type { Result } from "../../src/cli/experiments/result.js";
import { optionsOf } from "../../src/cli/experiments/run-cell.js";
import { experimentsOf, reports } from "../../src/cli/experiments/tables/index.js";
import { spanish } from "../../src/cli/experiments/tables/spanish.js";
import { formatRow, HEADING } from "../../src/cli/experiments/text.js";
import { decisive, reproduce } from "../../src/cli/experiments/verdict.js";
import * as loading from "../../src/cli/training/load-data.js";
import { Dataset } from "../../src/data/index.js";
import { Trainer } from "../../src/index.js";
import { useFolder } from "../fixtures.js";
import { publishedPackage } from "../package.js";
import { cli, expectFailure } from "./command-line.js";

const folder = useFolder();

const all = Object.values(reports).flatMap(({ rows }) => rows);
/** Rows of the reports A to E, as the acceptance table counts them. */
const ROWS = { A: 14, B: 13, C: 13, D: 4, E: 17 } as const;

afterEach(() => vi.restoreAllMocks());

interface JsonRow {
  id: string;
  published: number | null;
  mean: number | null;
  deviation: number | null;
  seeds: number;
  seconds: number;
  verdict: string;
  figures: { name: string; published: number | null; mean: number | null; verdict: string; command: string }[];
  problem?: string;
}

async function rowsOf(...args: string[]): Promise<{ rows: JsonRow[]; stderr: string }> {
  const { code, stdout, stderr } = await cli("reproduce", ...args, "--json");
  expect(code, stderr).toBe(0);
  return { rows: JSON.parse(stdout).rows, stderr };
}

describe("the tables", () => {
  test("have every row of the reports, once", () => {
    for (const [report, count] of Object.entries(ROWS)) {
      expect(reports[report].rows.map(({ id }) => id)).toEqual(
        Array.from({ length: count }, (_, i) => `${report}${i + 1}`),
      );
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test.each(all.map((experiment) => [experiment.id, experiment] as const))(
    "%s: its options are the command line's own",
    async (_, experiment) => {
      for (const cell of experiment.cells) {
        // Given twice, an option would be a grid.
        for (const line of [experiment.options, cell.options, experiment.quick]) {
          const names = line?.match(/--[\w-]+/g) ?? [];
          expect(names).toEqual([...new Set(names)]);
        }
        for (const isQuick of [false, true]) {
          const { line, combinations } = optionsOf(experiment, cell, isQuick);
          expect(combinations.length).toBeGreaterThan(0);
          // The printed command is the one that is run.
          expect(optionsOf({ ...experiment, options: line, quick: undefined }, { name: "" }, false).line).toBe(line);
        }
      }
    },
  );

  test("have all their words in Spanish, with the same numbers", () => {
    const words = new Set([
      ...Object.values(reports).map(({ title }) => title),
      ...all.flatMap(({ item, chosen = item }) => [item, chosen]),
      ...all.flatMap((experiment) =>
        experiment.cells.flatMap((cell) => figuresOf(experiment, cell).flatMap(({ name, score }) => [name, score])),
      ),
    ]);
    words.delete(""); // of a single figure
    expect(Object.keys(spanish).sort()).toEqual([...words].sort());
    const numberOf = (text: string) => text.replace("²", "2").replace(/\D/g, "");
    for (const [phrase, said] of Object.entries(spanish)) {
      expect(numberOf(said), phrase).toBe(numberOf(phrase));
      expect(said).not.toMatch(/\d\.\d(?!\d\d(?!\d))/); // decimals follow a comma
    }
  });

  test("rows are chosen by report or name", () => {
    const ids = (...asked: string[]) => experimentsOf(asked).map(({ id }) => id);
    expect(ids("d")).toEqual(["D1", "D2", "D3", "D4"]);
    expect(ids("c2", "A1", "A1")).toEqual(["A1", "C2"]);
    expect(ids("all")).toHaveLength(all.length);
  });
});

describe("the verdict", () => {
  const result = (score: number, end: Result["end"] = "done"): Result => ({
    seed: 0,
    end,
    scores: { "test accuracy": score },
    seconds: 1,
  });
  const failed: Result = { seed: 0, end: "diverged", scores: {}, seconds: 0 };
  const figure = { name: "", score: "test accuracy", published: 0.9 };
  const verdict = (results: Result[], more = {}, isCompared = true) =>
    reproduce({ ...figure, ...more }, results, "", isCompared).verdict;

  test("of a figure is by its mean, within two standard errors", () => {
    expect(verdict([result(0.91)])).toBe("reached");
    expect(verdict([result(0.899)])).toBe("missed");
    expect(verdict([result(0.88), result(0.9), result(0.91)])).toBe("reached"); // 0.8967 ± 0.0144
    expect(verdict([result(0.88), result(0.881), result(0.882)])).toBe("missed");
    expect(verdict([result(0.91)], { better: "lower" })).toBe("missed");
    expect(verdict([result(0.89)], { better: "lower" })).toBe("reached");
  });

  test("of a figure that follows from the rules is by its decimals", () => {
    expect(verdict([result(0.90004)], { decimals: 4 })).toBe("equal");
    expect(verdict([result(0.90006)], { decimals: 4 })).toBe("different");
  });

  test("says of what failed how it failed", () => {
    expect(verdict([failed])).toBe("diverged");
    expect(verdict([result(0.1, "chance")])).toBe("chance");
    expect(verdict([failed, result(0.1)])).toBe("diverged");
    expect(verdict([result(0.95, "chance")])).toBe("reached"); // most are of one class
    expect(verdict([result(0.1, "chance")], { published: 0.09, there: "chance" })).toBe("chance");
    expect(verdict([result(0.9)], { published: 0.09, there: "diverged" })).toBe("trained");
  });

  test("compares nothing of runs that were cut short, and nothing without a figure", () => {
    expect(verdict([result(0.91)], {}, false)).toBe("done");
    expect(verdict([result(0.91)], { published: undefined })).toBe("done");
    expect(verdict([failed], {}, false)).toBe("diverged");
  });

  test("of a row is its worst figure's; what failed there decides of nothing", () => {
    const each = [
      reproduce(figure, [result(0.95)], "", true),
      reproduce({ ...figure, name: "b" }, [result(0.5)], "", true),
      reproduce({ ...figure, name: "c", there: "diverged" }, [failed], "", true),
    ];
    expect(decisive(each)).toBe(each[1]);
    expect(decisive([each[0], each[2]])).toBe(each[0]);
    expect(decisive([each[2]])).toBe(each[2]);
  });

  test("is printed as a plain word, as aligned as the rest", () => {
    const experiment: Experiment = { id: "E4", item: "digits", run: "train", data: "digits", options: "", cells: [] };
    const text = (figures: ReturnType<typeof reproduce>[]) =>
      formatRow({ experiment, cells: [], figures, main: figures[0], verdict: figures[0].verdict, seconds: 0 });
    const one = text([reproduce({ ...figure, there: "chance" }, [result(0.1, "chance")], "", true)]);
    expect(one).toMatch(/^E4 {3}digits +0\.9000 +0\.1000 +1 +1\.00 s {2}stayed at chance, as there$/);
    expect(one.indexOf("1.00 s") + 6).toBe(HEADING.length);
    const two = text([
      reproduce({ ...figure, name: "a" }, [result(0.9), result(0.94)], "", true),
      reproduce({ ...figure, name: "b", there: "diverged" }, [result(0.9)], "", true),
    ]);
    expect(text([reproduce({ ...figure, published: 0.0189047, decimals: 6 }, [result(0.0189049)], "", true)])).toMatch(
      / 0\.018905 +0\.018905 +1 .* equal$/,
    );
    expect(two).toMatch(/^E4 {3}digits\n {7}a .* 0\.9200 ± 0\.0200 .* reached\n {7}b .* trained; failed there$/);
  });
});

test("the notebook's figures, all of them to their decimals", async () => {
  const { rows } = await rowsOf("D1", "D2", "D3", "A14", "--backend", "cpu");
  expect(rows.map(({ verdict }) => verdict)).toEqual(rows.map(() => "equal"));
  const trace = rows.find(({ id }) => id === "D2")!;
  expect(trace.figures.map(({ mean }) => mean!.toFixed(4))).toEqual(
    "0.4978 0.1119 0.0504 0.0366 0.0300 0.0259 0.0231 0.0211 0.0195 0.0182".split(" "),
  );
  expect(trace.figures.at(-1)!.command).toBe("neuromotor explain xor --epochs 9000");
});

test("an interrupted reproduction goes on with what is there", async () => {
  const args = ["A1", "A3", "--seeds", "2", "--backend", "cpu", "--out", folder.path("kept")];
  const fit = vi.spyOn(Trainer.prototype, "fit");
  const { rows } = await rowsOf(...args);
  expect(fit).toHaveBeenCalledTimes(6); // A3's Adam is A1's
  expect(rows[0]).toMatchObject({ id: "A1", published: 0.9565, seeds: 2 });
  appendFileSync(folder.path("kept/runs.jsonl"), '{"command":"cut o');
  fit.mockClear();
  const again = await rowsOf(...args);
  expect(fit).not.toHaveBeenCalled();
  expect(again.rows).toEqual(rows);
  const text = readFileSync(folder.path("kept/results.md"), "utf8");
  expect(text).toMatch(/^2 rows: .*\nneuromotor \d.* on CPU/);
  expect(text).toMatch(
    /^## Report A: .*\n\n\| row \| .*\n\|---.*\n\| A1 \| Iris, .* \| 0\.9565 \| 0\.\d{4} ± 0\.\d{4} \| 2 \|/m,
  );
  expect(text).toMatch(/^# A3\nneuromotor train iris [^#]*--optimizer rmsprop/m);
  expect(text.split("\n").filter((line) => !line.startsWith("|") && line.length > 122)).toEqual([]);
  expect(text).toMatch(/^\| A1 \| rate 0\.01, batch of 16, patience 20 \|$/m);
  const [header, ...seeds] = readFileSync(folder.path("kept/seeds.csv"), "utf8").trimEnd().split("\n");
  expect(header).toBe("row,figure,score,published,seed,value,end,seconds,command");
  expect(seeds.map((line) => line.split(",")[0])).toEqual(["A1", "A1", "A3", "A3", "A3", "A3", "A3", "A3"]);
  const values = seeds.slice(0, 2).map((line) => Number(line.split(",")[5]));
  expect((values[0] + values[1]) / 2).toBeCloseTo(rows[0].mean as number, 12);
  await rowsOf(...args.map((arg) => (arg === "2" ? "3" : arg)));
  expect(fit).toHaveBeenCalledTimes(3);
  fit.mockClear();
  const fewer = await rowsOf(...args.map((arg) => (arg === "2" ? "1" : arg)));
  expect(fit).not.toHaveBeenCalled();
  expect(fewer.rows.map(({ seeds }) => seeds)).toEqual([3, 3]);
});

test("a part that was published to test with is joined to the rest where a report splits all rows", async () => {
  const rows = (values: number[]) => Dataset.from({ features: values.map((value) => [value]), labels: values });
  const [data, test] = [rows([0, 1, 0]), rows([1, 1])];
  vi.spyOn(loading, "loadData").mockImplementation(async () => ({ data, test }));
  const loader = new DataLoader(folder.path("none"), { dataDir: undefined, isQuick: false });
  const [b8, b9] = experimentsOf(["B8", "B9"]);
  expect(await loader.load(b8, {})).toMatchObject({ data: { rows: 3 }, test: { rows: 2 } });
  const joined = await loader.load(b9, {});
  expect([joined.test, [...joined.data.labels]]).toEqual([undefined, [0, 1, 0, 1, 1]]);
});

test("rows whose data are missing say so, aloud, and the others are done", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
  const { rows, stderr } = await rowsOf("A4", "C5", "D1", "--quick", "--data-dir", folder.path("empty"));
  expect(rows.map(({ id, verdict }) => [id, verdict])).toEqual([
    ["A4", "no data"],
    ["C5", "no data"],
    ["D1", "equal"],
  ]);
  expect(rows[0].problem).toMatch(/train-images.* can't be downloaded/);
  expect(stderr).toMatch(/^neuromotor: A4 has no data: .*\nneuromotor: C5 has no data: .*$/m);
});

test.each([
  [["Z9"], /there is no row "Z9". Name reports \(A, B, C, D, E, R\) or rows/],
  [["A1", "--seeds", "0"], /--seeds must be a whole number above 0/],
])("%j is refused", async (args, message) => expectFailure(await cli("reproduce", ...args), 2, message));

/** Keeps a process of Node from asking the network. */
const OFFLINE = "data:text/javascript,globalThis.fetch = () => Promise.reject(new Error('no network'))";

test("the published program runs rows of the reports, cut short", async () => {
  const program = join(await publishedPackage(), "node_modules/neuromotor/dist/cli.js");
  const ids = ["A1", "C1", "D1", "E1", "R4"];
  const options = ["--quick", "--backend", "wasm", "--data-dir", folder.path("none"), "--json"];
  const args = ["--import", OFFLINE, program, "reproduce", ...ids, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  const rows = JSON.parse(stdout).rows as JsonRow[];
  expect(rows.map(({ id }) => id)).toEqual(ids);
  for (const { id, figures, verdict } of rows) {
    for (const { name, mean } of figures) expect(mean, `${id} ${name}`).toEqual(expect.any(Number));
    expect(["reached", "equal", "done", "stayed at chance", "trained; failed there"], id).toContain(verdict);
  }
});
